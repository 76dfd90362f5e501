"""The draft: writes are journalled, equal ones are none, closing leaves no trace."""

from support.packs import night_for_two

from dreamsync_server.world.commit import Moment, Proposal
from dreamsync_server.world.draft import Draft
from dreamsync_server.world.values import hash_text


def draft_of(play, texts=None) -> Draft:
    proposal = Proposal("act", "player", "a", 1, {}, texts or {})
    return Draft(play.pack, play.state, proposal, Moment(5, 0))


def test_an_equal_value_is_no_change_but_true_is_not_one() -> None:
    draft = draft_of(night_for_two())
    draft.put("ada.nerve", 5)
    draft.put("house.kitchen.lamp", 1)
    assert [c.name for c in draft.changes()] == ["house.kitchen.lamp"]


def test_what_is_set_and_set_back_is_no_change() -> None:
    draft = draft_of(night_for_two())
    draft.put("ada.nerve", 9)
    draft.put("ada.nerve", 5)
    assert draft.changes() == ()


def test_closing_takes_back_what_was_written_dropped_and_the_time() -> None:
    play = night_for_two()
    before = dict(play.facts)
    draft = draft_of(play)
    draft.put("ada.nerve", 9)
    draft.put("@new", True)
    draft.drop("@chapter")
    draft.close()
    assert dict(play.facts) == before
    assert play.facts.ms == 0


def test_a_free_text_is_written_by_reference_with_a_salted_digest() -> None:
    draft = draft_of(night_for_two(), {"words": ("pepper", "hello")})
    ref = draft.write("words")
    assert draft.texts[ref.ref] == ("a", "pepper", "hello")
    assert ref.digest == hash_text("pepper", "hello")
