"""Directing: cues have an identity, terms make one director, the desk may do more."""

from support.packs import night_for_two

from dreamsync_server.world.commit import Outcome, Proposal


def cue(play, n: int, beat: str, *, term: int = 1, **given: object) -> Outcome:
    given = {"beat": beat, **given}
    proposal = Proposal("cue", "director", "director", n, given, term=term)
    return play.propose(proposal).outcomes[0]


def with_director():
    play = night_for_two()
    play.propose(Proposal("term", "director", "director", term=1))
    return play


def with_desks(*names: str):
    play = night_for_two()
    for name in names:
        play.join(name, kind="desk")
    return play


def test_a_beat_whose_condition_fails_is_refused_with_its_leaf() -> None:
    outcome = cue(with_director(), 1, "chime")
    assert (outcome.code, dict(outcome.arguments)["leaf"]) == ("condition", ("house.hush >= 4",))


def test_a_beat_whose_condition_holds_is_cued_and_counted() -> None:
    play = with_director()
    play.pass_to(240_000)
    assert cue(play, 1, "chime").code == "ok"
    assert play.facts["cued.chime"] == 1


def test_a_cue_of_an_occurrence_that_has_been_is_refused() -> None:
    play = with_director()
    play.pass_to(240_000)
    cue(play, 1, "chime", occurrence=0)
    play.pass_ms(30_000)
    assert cue(play, 2, "chime", occurrence=0).code == "already"


def test_two_desks_that_cue_at_one_position_collide_and_one_wins() -> None:
    play = with_desks("d1", "d2")
    given = {"beat": "chime", "override": True, "occurrence": 0}
    assert play.ask("cue", "desk", "d1", given).code == "ok"
    assert play.ask("cue", "desk", "d2", given).code == "already"


def test_a_cue_with_a_key_happens_once() -> None:
    play = with_desks("d1")
    given = {"beat": "chime", "override": True, "once": "act-two"}
    assert play.ask("cue", "desk", "d1", given).code == "ok"
    assert play.ask("cue", "desk", "d1", given).code == "already"


def test_the_director_keeps_the_gap_of_the_pack() -> None:
    play = with_director()
    for session, who in (("a", "ben"), ("b", "ada")):
        play.act(session, "whisper", who=who, words="upstairs")
    play.pass_to(240_000)
    assert cue(play, 1, "chime").code == "ok"
    play.pass_ms(4_000)
    outcome = cue(play, 2, "footsteps")
    assert (outcome.code, dict(outcome.arguments)["wait_ms"]) == ("cooldown", 6_000)


def test_an_older_term_is_stale_so_two_directors_never_cue_two_beats() -> None:
    play = with_director()
    play.pass_to(240_000)
    play.propose(Proposal("term", "director", "director", term=2))
    assert cue(play, 1, "chime", term=1).code == "stale_term"
    assert cue(play, 1, "chime", term=2).code == "ok"


def test_a_term_that_is_not_newer_is_refused() -> None:
    play = with_director()
    outcome = play.propose(Proposal("term", "director", "director", term=1)).outcomes[0]
    assert outcome.code == "stale_term"


def test_a_held_beat_waits_and_a_skipped_one_counts_without_effects() -> None:
    play = with_director()
    play.join("d", kind="desk")
    play.pass_to(240_000)
    play.ask("hold", "desk", "d", {"beat": "chime"})
    assert cue(play, 1, "chime").code == "held"
    play.ask("unhold", "desk", "d", {"beat": "chime"})
    play.ask("skip", "desk", "d", {"beat": "chime"})
    assert play.facts["cued.chime"] == 1
    assert cue(play, 2, "chime", occurrence=0).code == "already"


def test_the_desk_may_override_a_condition_and_that_is_marked() -> None:
    play = with_desks("d")
    assert play.ask("cue", "desk", "d", {"beat": "morning", "override": True}).code == "ok"
    event = play.commits[-1].events[0]
    assert (event.kind, event.to) == ("beat", ("desk",))
    assert dict(event.arguments)["override"] is True
    assert play.ending == "morning"


def test_a_whisper_of_the_desk_reaches_one_role_only() -> None:
    play = with_desks("d")
    texts = {"text": ("salt", "the lamp, Ben")}
    assert play.ask("whisper", "desk", "d", {"to": "ben"}, texts).code == "ok"
    assert play.commits[-1].events[0].to == ("role:ben",)


def test_a_removed_player_is_retired_and_the_seat_is_free() -> None:
    play = with_desks("d")
    assert play.ask("remove", "desk", "d", {"session": "a"}).code == "ok"
    assert play.facts["ada.held"] == "nobody"
    assert play.act("a", "make_tea").code == "retired"


def test_a_clock_is_hurried_and_delayed_while_it_runs() -> None:
    play = with_desks("d")
    refused = play.ask("nudge", "desk", "d", {"clock": "cockcrow", "by_ms": -5})
    play.pass_to(600_000)
    ends_ms = play.facts["clock.cockcrow"]
    play.ask("nudge", "desk", "d", {"clock": "cockcrow", "by_ms": -60_000})
    assert refused.code == "not_now"
    assert play.facts["clock.cockcrow"] == ends_ms - 60_000
