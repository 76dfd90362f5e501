"""The tables of codes."""

from dreamsync.protocol.codes import CLOSE_BY_NAME, CLOSE_BY_NUMBER, CLOSES, ERRORS, OUTCOMES


def test_close_codes_are_4000_to_4012_without_a_hole() -> None:
    assert [close.number for close in CLOSES] == list(range(4000, 4013))
    assert len(CLOSE_BY_NAME) == len(CLOSE_BY_NUMBER) == len(CLOSES)


def test_every_code_says_what_it_means_in_a_sentence() -> None:
    meanings = [code.meaning for code in (*ERRORS.values(), *OUTCOMES.values())]
    meanings += [close.meaning for close in CLOSES]
    assert [text for text in meanings if not (text[0].isupper() and text.endswith("."))] == []


def test_a_refusal_of_the_world_is_never_retried_by_itself() -> None:
    assert [code.code for code in OUTCOMES.values() if code.is_retryable] == []


def test_an_error_with_which_the_server_only_asks_for_patience_may_be_retried() -> None:
    retryable = {code.code for code in ERRORS.values() if code.is_retryable}
    assert retryable == {"gap", "rate", "busy", "store_unavailable", "starting", "slow_down"}
