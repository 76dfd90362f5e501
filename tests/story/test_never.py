"""Never: the parts of a pack beside its goals that no run comes to, each with its reason."""

from support.packs import starter
from support.planted import planted

from dreamsync_server.story.causes import causes_of
from dreamsync_server.story.never import never_of
from dreamsync_server.story.reachable import reachable


def told(pack, absent=()) -> list[str]:
    return [str(never) for never in never_of(reachable(pack, causes_of(pack), absent))]


def test_laws_and_scenes_that_never_come_about_are_told_and_no_others() -> None:
    assert told(starter()) == []
    turns = '`deed.holder == "ada"` cannot hold: deed.holder is nobody'
    drips = '`cellar.key == "found"` cannot hold: cellar.key is lost'
    assert told(planted()) == [
        f"planted.yaml:10:3: law key_turns: never, because {turns}",
        f"planted.yaml:14:3: law oil_drips: never, because {drips}",
        "planted.yaml:8:3: scene house.cellar: never, because nobody can ever come there",
    ]


def test_without_a_role_its_answers_never_come() -> None:
    found = told(starter(), ("ada",))
    assert [line.partition(": ")[2] for line in found] == [
        "answer waking.wake: never, because nobody plays ada",
        "answer waking.stay: never, because nobody plays ada",
    ]
