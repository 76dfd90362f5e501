"""Asking for parameters."""

import pytest
from support.seen import AVA, GO, JUNO, SHADOWS, TALK, offer, who

from dreamsync.protocol.cards import ParamOffer
from dreamsync_server.cli.play.form import Form


@pytest.mark.parametrize("text", ["2", "juno", "Juno", "jun", " 2 "])
def test_a_choice_is_answered_by_number_or_by_words(text: str) -> None:
    form = Form(SHADOWS).answered(text)
    assert isinstance(form, Form)
    assert (form.params, form.param) == ({"who": "juno"}, None)


@pytest.mark.parametrize("text", ["0", "3", "zoe", "", "99999999999", "²"])
def test_what_was_not_offered_is_no_answer(text: str) -> None:
    assert isinstance(Form(SHADOWS).answered(text), str)


def test_words_that_may_be_either_are_asked_about() -> None:
    assert Form(GO).answered("the") == "That may be the kitchen or the hall: type a number."


def test_numbers_yes_and_text_keep_their_bounds() -> None:
    many = offer("x", "x", ParamOffer(name="n", type="int", low=1, high=3),
                 ParamOffer(name="sure", type="bool"), *TALK.params)  # fmt: skip
    form = Form(many)
    assert [form.answered(text) for text in ("0", "4", "two")] == [
        "Type a number from 1 to 3."
    ] * 3  # fmt: skip
    form = form.answered("2")
    assert isinstance(form, Form)
    assert form.answered("perhaps") == "Type y or n."
    form = form.answered("yes")
    assert isinstance(form, Form)
    assert form.answered("x" * 21) == "That is 21 letters; there is room for 20."
    form = form.answered("x" * 20)
    assert isinstance(form, Form)
    assert form.params == {"n": 2, "sure": True, "words": "x" * 20}


def test_where_there_is_no_choice_nothing_is_asked() -> None:
    one = offer("x", "x", who(JUNO), who(AVA, JUNO))
    assert Form(one).eased().given == (("who", "juno"),)
    assert Form(SHADOWS).eased() == Form(SHADOWS)


def test_the_question_names_the_action_and_what_is_asked() -> None:
    assert Form(SHADOWS).question() == "make shadow animals: who?"
    assert [label.id for label in Form(SHADOWS).options()] == ["ava", "juno"]
    named = who(JUNO, AVA).model_copy(update={"label": "for whom"})
    assert Form(offer("x", "make shadows", named)).question() == "make shadows: for whom?"


def test_where_there_is_nobody_to_pick_there_is_no_hope() -> None:
    assert Form(offer("x", "x", who(), *TALK.params)).is_hopeless()
    assert not Form(SHADOWS).is_hopeless()
