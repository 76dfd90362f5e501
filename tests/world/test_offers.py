"""Offers: what a seat may do now, with the values that do, and why not yet."""

import pytest
from support.packs import WORLDS, night, night_for_two

from dreamsync_server.gateway.watches import as_pattern
from dreamsync_server.packs import load_folder
from dreamsync_server.story.playthrough import Playthrough
from dreamsync_server.world.offers import Offer, OfferBook


def offers(play, seat: str) -> dict[str, Offer]:
    return {o.action: o for o in OfferBook(play.pack).offered(play.facts, seat)}


def test_what_is_not_ones_own_not_here_or_not_now_is_left_out() -> None:
    found = offers(night_for_two(), "ada")
    assert "talk" in found
    assert "hum_to_ada" not in found
    assert "take_box" not in found
    assert "pick" not in found


def test_a_parameter_offers_the_values_that_do_now() -> None:
    whisper = offers(night_for_two(), "ada")["whisper"]
    assert {p.name: p.values for p in whisper.params} == {"who": ("ben",), "words": None}


def test_an_action_whose_condition_fails_says_which_part() -> None:
    play = night_for_two()
    play.act("a", "snuff_lamp")
    refusal = offers(play, "ben")["snuff_lamp"].refusal
    assert refusal is not None
    assert (refusal[0], dict(refusal[1])["leaf"]) == ("condition", ("house.kitchen.lamp",))


def test_a_veiled_action_is_offered_without_a_word_of_its_condition() -> None:
    offer = offers(night_for_two(), "ben")["hum_to_ada"]
    assert (offer.is_veiled, offer.refusal) == (True, None)


def test_an_action_without_a_value_left_for_a_parameter_is_not_ready() -> None:
    play = night_for_two()
    play.facts["ben.scene"] = "house.attic"
    refusal = offers(play, "ada")["whisper"].refusal
    assert refusal is not None
    assert dict(refusal[1])["parameter"] == "who"


def test_a_cooldown_is_shown_and_a_spent_action_goes() -> None:
    play = night_for_two()
    play.act("a", "whisper", who="ben", words="hush")
    for _ in range(3):
        play.act("a", "make_tea")
    found = offers(play, "ada")
    assert found["whisper"].refusal == ("cooldown", (("action", "whisper"), ("wait_ms", 3000)))
    assert "make_tea" not in found


def test_what_is_offered_is_not_refused_and_what_is_not_offered_is() -> None:
    play = night_for_two()
    found = offers(play, "ada")
    for action in play.pack.actions.values():
        offer = found.get(action.id)
        values = {
            "who": "ben", "words": "well", "what": "apple", "to": "house.attic",
        }  # fmt: skip
        params = {p.name: values[p.name] for p in action.params}
        fresh = night_for_two()
        code = fresh.act("a", action.id, **params).code
        assert (code == "ok") == (offer is not None and offer.refusal is None), action.id


def test_the_reads_name_every_fact_that_changes_what_is_offered() -> None:
    play = night_for_two()
    book = OfferBook(play.pack)
    reads = book.reads("ada")
    for session, action, params in (
        ("a", "snuff_lamp", {}),
        ("b", "whisper", {"who": "ada", "words": "now"}),
        ("a", "make_tea", {}),
    ):
        before = book.offered(play.facts, "ada")
        play.act(session, action, **params)
        changed = {c.name for c in play.commits[-1].changes}
        if book.offered(play.facts, "ada") != before:
            assert changed & reads, action


@pytest.mark.parametrize("name", ["starter", "expo", "seizure"])
def test_whatever_changes_what_is_offered_to_a_seat_is_among_its_reads(name: str) -> None:
    pack = load_folder(WORLDS / name)
    play = Playthrough(pack, 5, has_understudies=True)
    book = OfferBook(pack)
    seats = [f"{role.id}.3" if role.seats else role.id for role in pack.roles.values()]
    before = {seat: book.offered(play.facts, seat) for seat in seats}
    changes = 0
    for _ in range(400):
        known = len(play.commits)
        play.direct_second()
        names = {c.name for commit in play.commits[known:] for c in commit.changes}
        names |= {as_pattern(pack, changed) for changed in names}
        for seat in seats:
            offered = book.offered(play.facts, seat)
            if offered != before[seat]:
                changes += 1
                assert names & book.reads(seat), (seat, names)
        play.pass_ms(1000)
        before = {seat: book.offered(play.facts, seat) for seat in seats}
    assert changes > 20


def test_what_is_possible_is_what_is_offered_without_a_refusal() -> None:
    play = night(has_understudies=True)
    book, seen = OfferBook(play.pack), set()
    for _ in range(900):
        for seat in ("ada", "ben", "guest.3"):
            offered = [o for o in book.offered(play.facts, seat) if o.refusal is None]
            assert offered == book.possible(play.facts, seat)
            seen |= {o.action for o in offered}
        play.direct_second()
        play.pass_ms(1000)
    assert {"wind_box", "pick", "hum", "go"} <= seen
