"""Righting: what a law puts right at once is found by nobody, and only that."""

import pytest
from support.planted import planted

from dreamsync_server.story.causes import causes_of
from dreamsync_server.story.proofs import proofs_of
from dreamsync_server.story.reachable import reachable
from dreamsync_server.story.righting import righted_in

MORE = """
facts:
  gate: {type: choice, choices: [shut, open], start: shut, visible: all}
  bell: {type: bool, visible: all}
actions:
  push: {by: cast, do: [{set: {gate: open}}]}
  pull: {by: cast, do: [{set: {bell: true}}]}
laws:
  falls: LAW
beats:
  stands_open: {when: gate == "open"}
  rings: {when: bell}
"""
TEXTS = "\n".join(
    ["action.push.label: x", "action.pull.label: x", "fact.gate.name: x", "fact.bell.name: x"]
    + [f"beat.{b}.{key}: x" for b in ("stands_open", "rings") for key in ("title", "text")]
)


def impossible(law: str) -> dict[str, str]:
    pack = planted(MORE.replace("LAW", law), TEXTS)
    return {p.goal.id: p.reason[0] for p in proofs_of(reachable(pack, causes_of(pack)))}


def test_what_a_law_undoes_at_once_nobody_finds() -> None:
    found = impossible('{when: gate == "open", do: [{set: {gate: shut, bell: true}}]}')
    assert found == {
        "stands_open": '`gate == "open"` never lasts: law falls (planted.yaml:9:3) undoes it at'
        " once (planted.yaml:11:23)"
    }


SHUT, RING = "{set: {gate: shut}}", "{set: {bell: true}}"
OPENS = '{when: gate == "open", do: '


@pytest.mark.parametrize(
    "law",
    [
        f'{{when: gate == "open" and bell, do: [{SHUT}]}}',  # it may stand open without the bell
        f'{{when: gate == "open", once: true, do: [{SHUT}]}}',
        f"{OPENS}[{{if: bell, then: [{SHUT}]}}]}}",
        f"{OPENS}[{SHUT}, {{if: bell, then: [{{set: {{gate: open}}}}]}}]}}",
        f"{OPENS}[{{chance: {{stream: s, of: 5, per: 9, then: [{SHUT}], else: [{RING}]}}}}]}}",
        f"{OPENS}[{RING}]}}",
    ],
)
def test_what_it_undoes_only_sometimes_may_be_found(law: str) -> None:
    assert impossible(law) == {}


def test_laws_about_what_drifts_are_not_counted() -> None:
    pack = planted()
    assert righted_in(pack, causes_of(pack)) == ()
