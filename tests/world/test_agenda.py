"""The agenda: what falls due, at its own time, in one order, exactly once."""

from support.packs import night, night_for_two

from dreamsync_server.limits import SEAT_GRACE_MS
from dreamsync_server.world.agenda import Agenda
from dreamsync_server.world.commit import Proposal


def timers(commits) -> list[tuple[int, object]]:
    return [
        (c.world_ms, dict(c.cause.arguments)["timer"]) for c in commits if c.cause.kind == "due"
    ]


def test_a_threshold_of_drift_fires_once_and_at_its_time() -> None:
    play = night()
    play.pass_to(1_200_000)
    assert timers(play.commits)[0] == (600_000, "law:falling_asleep")
    assert [t for t in timers(play.commits) if t[1] == "law:falling_asleep"] == [
        (600_000, "law:falling_asleep")
    ]


def test_adding_to_a_drifting_fact_brings_its_threshold_forward() -> None:
    play = night_for_two()
    play.act("a", "snuff_lamp")
    play.pass_to(480_000)
    assert play.facts["chapter"] == "dream"
    assert timers(play.commits) == [(480_000, "law:falling_asleep")]


def test_a_clock_falls_due_once_behind_its_length() -> None:
    play = night_for_two()
    play.pass_to(1_000_000)
    assert (900_000, "clock:cockcrow") in timers(play.commits)


def test_timers_are_ordered_by_time_and_then_by_name() -> None:
    play = night_for_two()
    play.propose(Proposal("absent", "player", "b"))
    play.propose(Proposal("absent", "player", "a"))
    play.pass_ms(SEAT_GRACE_MS)
    assert timers(play.commits) == [(60_000, "grace:ada"), (60_000, "grace:ben")]


def test_an_agenda_made_anew_from_the_state_knows_the_same() -> None:
    play = night_for_two()
    play.propose(Proposal("absent", "player", "a"))
    play.act("b", "snuff_lamp")
    assert Agenda(play.pack, play.state).next_due() == (60_000, "grace:ada")
    play.pass_ms(61_000)
    again = Agenda(play.pack, play.state)
    assert again.next_due() == play._agenda.next_due() == (480_000, "law:falling_asleep")


def test_nothing_falls_due_behind_an_ending() -> None:
    play = night_for_two()
    play.join("d", kind="desk")
    play.ask("cue", "desk", "d", {"beat": "morning", "override": True})
    assert Agenda(play.pack, play.state).next_due() is None
