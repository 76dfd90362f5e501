"""The header: its keys, their defaults, their bounds."""

from support.sample import check_with, told

from dreamsync_server.packs import load
from dreamsync_server.packs.sample import SAMPLE

HEAD = "format: 1\nid: sample\nlanguages: [en]\n"


def test_what_is_not_said_has_a_default() -> None:
    pack = load({**SAMPLE, "pack.yaml": "format: 1\nid: sample\n"})
    assert (pack.id, pack.languages, pack.has_safety_pause) == ("sample", ("en",), True)
    assert (pack.cue_gap_ms, pack.speed) == (20_000, 1_000)
    assert pack.start_effects == ()


def test_what_is_said_stands() -> None:
    more = "safety_pause: false\ncue_gap: 5s\nspeed: 60\nwhereabouts: all\nstart: [start: bell]\n"
    pack = load({**SAMPLE, "pack.yaml": HEAD + more})
    assert (pack.has_safety_pause, pack.cue_gap_ms, pack.speed) == (False, 5_000, 60_000)
    assert pack.facts["ada.scene"].decl.visible == ("all",)
    assert len(pack.start_effects) == 1


def test_format_and_id_must_be_given() -> None:
    assert told(check_with(pack="languages: [en]\n")) == [
        "missing_key pack.yaml:1:1",
        "missing_key pack.yaml:1:1",
    ]


def test_every_declared_language_is_whole() -> None:
    faults = check_with(pack=HEAD.replace("[en]", "[en, de]")).faults
    assert {fault.code for fault in faults} == {"missing_text"}
    assert "text/de.yaml" in faults[0].what


def test_what_is_heard_from_elsewhere_and_what_is_shared_is_the_packs_to_say() -> None:
    pack = check_with().pack
    assert pack is not None
    assert (pack.elsewhere, pack.elsewhere_gap_ms, pack.shares_when) == ("any", 300_000, None)
    head = "format: 1\nid: sample\nlanguages: [en]\n"
    more = "elsewhere: written\nelsewhere_gap: 2m\nshares_ending: calm > 3\n"
    pack = check_with(pack=head + more).pack
    assert pack is not None
    assert (pack.elsewhere, pack.elsewhere_gap_ms) == ("written", 120_000)
    assert pack.shares_when is not None
    assert pack.shares_when.reads == {"calm"}
    assert told(check_with(pack=head + "elsewhere: some\nshares_ending: rain\n")) == [
        "unknown_word pack.yaml:4:12",
        "expression pack.yaml:5:16",
    ]


def test_a_bound_that_the_cap_forbids_is_warned_of() -> None:
    for more, faults in (
        ("lead_within: 120s\n", []),
        ("lead_within: 119s\n", ["bound_beyond_cap pack.yaml:4:14"]),
        ("lead_within: 60s\nnudge_cap: 60 per hour\n", []),
        ("nudge_cap: 0 per hour\n", []),
    ):
        assert told(check_with(pack=HEAD + more)) == faults
