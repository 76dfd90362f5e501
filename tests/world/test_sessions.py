"""Sessions: joining again changes nothing, leaving retires, presence is counted."""

from support.packs import night, night_for_two

from dreamsync_server.limits import SEAT_GRACE_MS
from dreamsync_server.world.commit import Proposal
from dreamsync_server.world.sessions import is_anybody_there, last_back, say_back, session_of


def test_joining_again_with_the_same_id_changes_nothing() -> None:
    play = night()
    play.join("a", "ada")
    play.join("a", "ada")
    assert play.commits[-1].changes == ()


def test_a_session_keeps_its_last_outcomes_and_no_more() -> None:
    play = night_for_two()
    for _ in range(12):
        play.act("a", "talk", words="well")
    session = session_of(play.facts, "a")
    assert session is not None
    assert (session.n, session.outcomes) == (12, tuple(f"{n} ok" for n in range(5, 13)))


def test_only_people_who_are_here_keep_a_world_awake() -> None:
    play = night_for_two()
    play.propose(Proposal("term", "director", "director", term=1))
    assert is_anybody_there(play.facts)
    for session in "ab":
        play.propose(Proposal("absent", "player", session))
    assert not is_anybody_there(play.facts)


def test_one_who_paused_and_leaves_does_not_leave_the_world_paused() -> None:
    play = night_for_two()
    play.ask("pause", "player", "a")
    play.ask("leave", "player", "a")
    assert play.facts["paused"] is False


def test_a_world_takes_so_many_sessions_and_no_more(monkeypatch) -> None:
    monkeypatch.setattr("dreamsync_server.world.sessions.SESSIONS_PER_WORLD_MAX", 2)
    play = night_for_two()
    assert play.join("c").code == "full"


def test_a_full_world_lets_go_of_who_is_away_without_a_seat(monkeypatch) -> None:
    monkeypatch.setattr("dreamsync_server.world.sessions.SESSIONS_PER_WORLD_MAX", 4)
    play = night_for_two()
    for session in ("x", "y"):
        play.join(session)
    for session in ("a", "y"):
        play.propose(Proposal("absent", "player", session))
    assert play.join("z").code == "ok"
    left = {s for s in "abxyz" if session_of(play.facts, s) is None}
    assert left == {"y"}, "a has its seat for a while, b, x and z are here"
    assert play.join("w").code == "full"
    play.pass_ms(SEAT_GRACE_MS)
    assert play.join("w").code == "ok", "the seat of a is free now"
    assert play.propose(Proposal("back", "player", "a")).outcomes[0].code == "retired"


def test_who_has_left_does_not_count_and_is_forgotten_in_the_end(monkeypatch) -> None:
    monkeypatch.setattr("dreamsync_server.world.sessions.SESSIONS_PER_WORLD_MAX", 3)
    monkeypatch.setattr("dreamsync_server.world.sessions.SESSIONS_GONE_MAX", 5)
    play = night_for_two()
    for i in range(20):
        assert play.join(f"guest{i}").code == "ok"
        assert play.ask("leave", "player", f"guest{i}").code == "ok"
    known = [name for name in play.facts if name.startswith("@session.")]
    assert len(known) <= 2 + 5 + 1


def test_a_back_that_is_late_changes_nothing_though_the_newer_one_be_of_its_node() -> None:
    play = night_for_two()
    first = say_back(play.facts, "a", "n1", "first")
    second = say_back(play.facts, "a", "n1", "second")
    assert play.propose(first).outcomes[0].code == "ok"
    assert last_back(play.facts, "a") == "first"
    assert play.propose(first).outcomes[0].code == "ok", "the same one, said again"
    play.propose(Proposal("absent", "player", "a", arguments={"was_at": "n1"}))
    commit = play.propose(second)
    assert (commit.outcomes[0].code, commit.changes) == ("moved", ())
    assert play.propose(say_back(play.facts, "a", "n2", "third")).outcomes[0].code == "ok"
    assert last_back(play.facts, "a") == "third"


def test_a_back_without_a_name_from_a_node_of_an_older_version_holds_too() -> None:
    play = night_for_two()
    play.propose(say_back(play.facts, "a", "n1", "first"))
    late = say_back(play.facts, "a", "n1", "late")
    older = {"gateway": "n1", "was_at": "n1"}
    assert play.propose(Proposal("back", "player", "a", arguments=older)).outcomes[0].code == "ok"
    assert last_back(play.facts, "a") == ""
    assert play.propose(late).outcomes[0].code == "moved"
    play.propose(say_back(play.facts, "a", "n1", "next"))
    play.ask("leave", "player", "a")
    assert "@back.a" not in play.facts


def test_what_a_node_says_late_of_a_session_that_is_elsewhere_by_now_changes_nothing() -> None:
    play = night_for_two()
    play.propose(Proposal("back", "player", "a", arguments={"gateway": "n1"}))
    back = Proposal("back", "player", "a", arguments={"gateway": "n2", "was_at": "n1"})
    assert play.propose(back).outcomes[0].code == "ok"
    for late in (
        Proposal("back", "player", "a", arguments={"gateway": "n3", "was_at": "n1"}),
        Proposal("absent", "player", "a", arguments={"was_at": "n1"}),
    ):
        commit = play.propose(late)
        assert commit.outcomes[0].code == "moved"
        assert commit.changes == ()
    session = session_of(play.facts, "a")
    assert session is not None
    assert (session.gateway, session.is_present) == ("n2", 1)
