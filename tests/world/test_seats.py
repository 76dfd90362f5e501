"""Seats: claimed, released, handed over, kept for a grace, played by understudies."""

from support.packs import night, night_for_two

from dreamsync_server.limits import SEAT_GRACE_MS
from dreamsync_server.world.commit import Proposal
from dreamsync_server.world.seats import holder_of, seat_of
from dreamsync_server.world.sessions import session_of


def test_a_free_role_can_be_claimed_and_everybody_sees_that_it_is_held() -> None:
    play = night()
    play.join("a", "ada")
    assert play.facts["ada.held"] == "player"
    assert holder_of(play.facts, "ada")[:2] == ("a", 2)


def test_a_taken_role_is_refused() -> None:
    play = night_for_two()
    assert play.join("c", "ada").code == "taken"


def test_a_role_that_is_not_there_is_refused() -> None:
    play = night()
    assert play.join("a", "nobody_known").code == "unknown_role"


def test_chorus_seats_are_given_one_after_the_other_until_they_are_full() -> None:
    play = night()
    for k in range(20):
        assert play.join(f"s{k}", "guest").code == "ok"
    assert seat_of(play.facts, "s4") == "guest.5"
    assert play.join("late", "guest").code == "taken"


def test_a_released_seat_is_free_for_another() -> None:
    play = night_for_two()
    assert play.ask("release", "player", "a").code == "ok"
    assert play.facts["ada.held"] == "nobody"
    assert play.join("c", "ada").code == "ok"
    assert play.act("a", "make_tea").code == "no_seat"


def test_a_seat_is_handed_over_to_a_session_without_one() -> None:
    play = night_for_two()
    play.join("c")
    assert play.ask("handover", "player", "a", {"to": "c"}).code == "ok"
    assert seat_of(play.facts, "c") == "ada"
    assert play.act("a", "make_tea").code == "no_seat"


def test_a_seat_is_not_handed_to_one_who_has_a_seat() -> None:
    play = night_for_two()
    assert play.ask("handover", "player", "a", {"to": "b"}).code == "not_allowed"


def test_an_absent_player_keeps_the_seat_for_the_grace() -> None:
    play = night_for_two()
    play.propose(Proposal("absent", "player", "a"))
    play.pass_ms(SEAT_GRACE_MS - 1)
    assert play.facts["ada.held"] == "player"
    play.pass_ms(1)
    assert play.facts["ada.held"] == "nobody"


def test_an_understudy_takes_over_after_the_grace_and_gives_the_seat_back() -> None:
    play = night(has_understudies=True)
    play.join("a", "ada")
    play.propose(Proposal("absent", "player", "a"))
    play.pass_ms(SEAT_GRACE_MS)
    assert play.facts["ada.held"] == "understudy"
    play.propose(Proposal("back", "player", "a"))
    assert play.facts["ada.held"] == "player"
    assert play.act("a", "make_tea").code == "ok"


def test_one_who_is_back_within_the_grace_never_lost_the_seat() -> None:
    play = night_for_two()
    tenure = holder_of(play.facts, "ada").tenure
    play.propose(Proposal("absent", "player", "a"))
    play.pass_ms(1000)
    play.propose(Proposal("back", "player", "a"))
    play.pass_ms(SEAT_GRACE_MS)
    assert holder_of(play.facts, "ada") == ("a", tenure, 0)


def test_one_who_comes_back_to_a_seat_that_another_took_has_none() -> None:
    play = night_for_two()
    play.propose(Proposal("absent", "player", "a"))
    play.pass_ms(SEAT_GRACE_MS)
    play.join("c", "ada")
    given = {"gateway": "n2", "back": "x", "after": ""}
    outcome = play.propose(Proposal("back", "player", "a", arguments=given)).outcomes[0]
    assert outcome.code == "ok"
    assert (seat_of(play.facts, "c"), seat_of(play.facts, "a")) == ("ada", "")
    session = session_of(play.facts, "a")
    assert session is not None
    assert (session.is_present, session.gateway) == (1, "n2"), "it is here all the same"


def test_an_understudy_with_an_old_tenure_is_refused() -> None:
    play = night(has_understudies=True)
    play.propose(Proposal("term", "director", "director", term=1))
    given = {"action": "make_tea", "params": {}}
    tenure = holder_of(play.facts, "ada").tenure
    play.join("a", "ada")
    stale = Proposal("act", "understudy", "director", 1, given, role="ada", tenure=tenure, term=1)
    assert play.propose(stale).outcomes[0].code == "stale_tenure"


def test_the_desk_gives_a_seat_to_an_understudy_and_to_a_player() -> None:
    play = night_for_two()
    play.join("d", kind="desk")
    assert play.ask("seat", "desk", "d", {"role": "ada", "to": "understudy"}).code == "ok"
    assert play.facts["ada.held"] == "understudy"
    assert seat_of(play.facts, "a") == ""
    assert play.ask("seat", "desk", "d", {"role": "ada", "to": "a"}).code == "ok"
    assert seat_of(play.facts, "a") == "ada"


def test_a_player_who_is_moved_to_another_seat_leaves_the_old_one_free() -> None:
    play = night_for_two()
    play.join("d", kind="desk")
    play.ask("seat", "desk", "d", {"role": "ada", "to": "b"})
    assert play.facts["ben.held"] == "nobody"
    assert seat_of(play.facts, "b") == "ada"
    assert seat_of(play.facts, "a") == ""


def test_everybody_is_absent_behind_a_takeover_until_they_say_they_are_back() -> None:
    play = night_for_two()
    play.join("d", kind="desk")
    play.propose(Proposal("begin", "owner", arguments={"epoch": 2, "outage_ms": 5}))
    play.propose(Proposal("back", "player", "b"))
    play.pass_ms(SEAT_GRACE_MS)
    assert (play.facts["ada.held"], play.facts["ben.held"]) == ("nobody", "player")


def test_nobody_is_absent_behind_a_world_that_was_handed_over() -> None:
    play = night_for_two()
    play.propose(Proposal("begin", "owner", arguments={"epoch": 2, "handed_over": True}))
    play.pass_ms(SEAT_GRACE_MS)
    assert (play.facts["ada.held"], play.facts["ben.held"]) == ("player", "player")


def test_one_who_acts_is_here_also_when_nobody_said_so() -> None:
    play = night(has_understudies=True)
    play.join("a", "ada")
    play.propose(Proposal("begin", "owner", arguments={"epoch": 2}))
    play.pass_ms(SEAT_GRACE_MS)
    assert play.facts["ada.held"] == "understudy"
    assert play.act("a", "make_tea").code == "ok"
    assert play.facts["ada.held"] == "player"
