"""Marks: what of a log a person would look for."""

from support.packs import night_for_two

from dreamsync_server.story.marks import marks_of
from dreamsync_server.story.playthrough import Playthrough
from dreamsync_server.world.commit import Proposal


def kinds(play: Playthrough, since: int = 0) -> list[tuple[str, str, str, str]]:
    marks = [mark for commit in play.commits[since:] for mark in marks_of(commit)]
    return [(mark.kind, mark.by, mark.what, mark.target) for mark in marks]


def test_who_comes_and_what_begins_is_marked() -> None:
    assert kinds(night_for_two()) == [
        ("open", "owner", "", ""),
        ("join", "player", "ada", ""),
        ("seat", "player", "ada", "player"),
        ("join", "player", "ben", ""),
        ("seat", "player", "ben", "player"),
    ]


def test_a_name_is_told_where_it_is_known() -> None:
    play = night_for_two()
    texts = {"name": ("salt", "Gil")}
    play.propose(Proposal("join", "player", "g", 0, {"role": "guest"}, texts))
    (join, *_) = marks_of(play.commits[-1])
    assert (join.name, join.session) == ("Gil", "g")


def test_who_stepped_in_is_marked_with_the_word_of_why() -> None:
    play = night_for_two()
    play.join("d", "", "desk")
    since = len(play.commits)
    why = {"why": ("salt", "they wait")}
    play.propose(Proposal("cue", "desk", "d", 1, {"beat": "chime", "override": True}, why))
    play.propose(Proposal("hold", "desk", "d", 2, {"beat": "chime"}, why))
    play.propose(Proposal("whisper", "desk", "d", 3, {"to": "ada"}, {"text": ("s", "psst")}))
    play.propose(Proposal("pause", "desk", "d", 4, {}, why))
    assert [one for one in kinds(play, since) if one[1] == "desk"] == [
        ("beat", "desk", "chime", ""),
        ("did", "desk", "hold", "chime"),
        ("did", "desk", "whisper", "ada"),
        ("paused", "desk", "", ""),
    ]
    marks = [mark for commit in play.commits[since:] for mark in marks_of(commit)]
    assert [mark.why for mark in marks if mark.kind in ("beat", "did", "paused")] == [
        "they wait", "they wait", "", "they wait",
    ]  # fmt: skip


def test_what_was_refused_and_what_players_do_is_no_mark() -> None:
    play = night_for_two()
    since = len(play.commits)
    play.act("a", "talk", words="hm")
    play.act("a", "no_such_thing")
    play.propose(Proposal("cue", "player", "a", 3, {"beat": "chime"}))
    assert kinds(play, since) == []


def test_an_erasure_and_a_parting_are_marked() -> None:
    play = night_for_two()
    since = len(play.commits)
    play.propose(Proposal("erase", "owner", arguments={"session": "a"}))
    play.propose(Proposal("begin", "owner", arguments={"epoch": 9, "origin": "w", "at": 3}))
    assert kinds(play, since)[:2] == [("erased", "owner", "", "a"), ("branch", "owner", "", "")]
