"""What a player sees, sorted."""

from support.seen import FACTS, mirror

from dreamsync_server.cli.play.glance import Countdown, Meter, Note, Somebody, look


def test_the_scene_its_ways_people_and_things_are_found() -> None:
    seen = look(mirror(), 0)
    assert (seen.scene, seen.scene_name, seen.exits) == (
        "home.bedroom", "the children's room", ("the kitchen",),
    )  # fmt: skip
    assert seen.people == (Somebody("juno", "Juno", "understudy", ("at ease",)),)
    assert (seen.having, seen.lying) == (("nineteen drawings",), ("a lamp",))
    assert (seen.title, seen.chapter, seen.role_name) == ("The Expo", "Evening", "Leo")


def test_numbers_with_a_range_are_meters_and_those_that_drift_move() -> None:
    at_once, later = look(mirror(), 0), look(mirror(), 2_990_000)
    fear = next(meter for meter in at_once.meters if meter.name == "leo.fear")
    assert fear == Meter("leo.fear", "fear", 7, 0, 10, -4, is_own=True)
    assert next(m for m in later.meters if m.name == "leo.fear").value == 4
    assert {meter.label for meter in at_once.meters} == {"the crowd", "fear", "trust: Ava"}


def test_a_meter_at_its_end_drifts_no_more() -> None:
    end = look(mirror(), 10**8)
    assert next(m for m in end.meters if m.name == "leo.fear") == Meter(
        "leo.fear", "fear", 0, 0, 10, 0, is_own=True
    )


def test_other_facts_are_notes_in_the_authors_words() -> None:
    assert look(mirror(), 0).notes == (
        Note("expo.phase", "the programme", "not yet open", is_set=True, is_own=False),
        Note("leo.secret", "your secret", "kept", is_set=True, is_own=True),
        Note("leo.helped", "a light in the street", "no", is_set=False, is_own=True),
    )


def test_only_clocks_that_run_are_counted_down() -> None:
    assert look(mirror(), 5_000).clocks == (Countdown("until bedtime", 45_000),)


def test_a_player_without_a_seat_sees_a_world_and_no_scene() -> None:
    facts = {name: value for name, value in FACTS.items() if not name.startswith("leo.")}
    seen = look(mirror(role="", seat="", facts=facts, actions=(), choices=()), 0)
    assert (seen.scene, seen.people, seen.having) == ("", (), ())
