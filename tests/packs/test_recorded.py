"""Rehearsal files: read, checked, written and read again."""

import pytest
from support.sample import check_with, take_mark, told

from dreamsync_server.packs import load
from dreamsync_server.packs.faults import Faults
from dreamsync_server.packs.recorded import Rehearsal, Step, dump_rehearsal, load_rehearsal
from dreamsync_server.packs.sample import SAMPLE

RUN = Rehearsal(
    pack="sample",
    seed=7,
    about='Words: "quoted", a\nnew line, 💣\x00\u2028 and null',
    steps=(
        Step(0, "player", "act", "ada", "rest", {"who": "ben", "n": 3, "loud": True, "w": "no"}),
        Step(5, "player", "act", "guest.3", "hum", expect="condition"),
        Step(9, "player", "act", "ada", "go", {"to": "yard"}),
        Step(10, "director", "cue", do="noon"),
        Step(11, "player", "choose", "ada", "stay", {"option": "away"}),
    ),
    ends="night",
    digest="0123456789012345",
    pack_hash="",
)


def test_what_is_written_is_read_again() -> None:
    faults = Faults()
    text = dump_rehearsal(RUN)
    assert load_rehearsal("rehearsals/run.yaml", text, faults) == RUN
    assert faults.errors == 0
    assert text.splitlines()[6] == (
        "  - {at: 0, by: player, role: ada, kind: act, do: rest,"
        ' with: {who: ben, n: 3, loud: true, w: "no"}, expect: ok}'
    )


def test_one_that_fits_its_pack_has_no_fault_and_does_not_change_its_hash() -> None:
    plain = load(SAMPLE)
    with_run = load({**SAMPLE, "rehearsals/run.yaml": dump_rehearsal(RUN)})
    assert with_run.hash == plain.hash


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("pack: sample", "pack: ▸other", "rehearsal"),
        ("ends: night", "ends: ▸noon", "rehearsal"),
        ("{at: 0, by: player, role: ada", "▸{at: 0, by: player, role: adda", "rehearsal"),
        ("{at: 11, by: player, role: ada", "▸{at: 11, by: player, role: adda", "rehearsal"),
        ("at: 5", "at: ▸-5", "out_of_bounds"),
        ("by: director", "by: ▸writer", "unknown_word"),
        ("expect: condition", "▸expekt: ok", "unknown_key"),
        ('"0123456789012345"', "▸01234", "rehearsal"),
        ("n: 3", "n: ▸[3]", "wrong_kind"),
        ("format: 1", "format: ▸2", "out_of_bounds"),
    ],
)
def test_one_that_does_not_fit_is_told_at_its_place(before: str, after: str, code: str) -> None:
    text = dump_rehearsal(RUN)
    assert text.count(before) == 1, text
    files, place = take_mark({"rehearsals/run.yaml": text.replace(before, after)})
    assert f"{code} {place}" in told(check_with(rehearsal=files["rehearsals/run.yaml"]))


def test_steps_go_forward_in_time() -> None:
    text = dump_rehearsal(RUN).replace("at: 5", "at: 99")
    (fault,) = check_with(rehearsal=text).faults[:1]
    assert fault.what == "a step at 9 behind one at 99"
