"""Secrets: drawn evenly, kept hashed, compared whole."""

import itertools

import pytest

from dreamsync_server.gateway.tokens import (
    CODE_LETTERS,
    Tokens,
    hash_of,
    hash_of_code,
    is_invited,
    is_secret,
    sealed,
)


def test_what_is_drawn_is_long_enough_and_fits_the_wire() -> None:
    tokens = Tokens()
    lengths = [len(t) for t in (tokens.world(), tokens.session(), tokens.secret())]
    assert lengths == [16, 16, 32]
    assert tokens.secret() != tokens.secret()


def test_the_operator_is_known_by_the_token_that_was_set_and_by_no_other() -> None:
    tokens = Tokens(operator_token="let-me-in")
    assert tokens.is_operator("let-me-in")
    assert not any(tokens.is_operator(given) for given in ("let-me-i", "Let-me-in", "", None))
    assert not any(Tokens().is_operator(given) for given in ("let-me-in", "", None))


def test_an_id_can_be_typed_behind_a_command() -> None:
    tokens = Tokens(lambda count: b"\xf8" + bytes(count - 1))
    assert (tokens.world(), tokens.session()) == ("A" + "A" * 15, "A" + "A" * 15)
    assert tokens.secret().startswith("-")


def test_the_same_source_draws_the_same() -> None:
    def drawn() -> list[str]:
        bytes_ = itertools.cycle(range(256))
        tokens = Tokens(lambda count: bytes(itertools.islice(bytes_, count)))
        return [tokens.world(), tokens.code(), tokens.salt(), str(tokens.seed())]

    assert drawn() == drawn()


def test_a_typed_code_has_two_halves_of_letters_that_look_like_no_others() -> None:
    code = Tokens().code()
    assert [len(half) for half in code.split("-")] == [4, 4]
    assert set(code) <= {*CODE_LETTERS, "-"}
    assert not set(CODE_LETTERS) & set("AEIOUYQ0123456789")


def test_a_source_of_the_highest_bytes_only_is_asked_again() -> None:
    bytes_ = iter([b"\xff" * 16, b"\x00" * 16])
    assert Tokens(lambda count: next(bytes_)).code() == "BBBB-BBBB"


@pytest.mark.parametrize("typed", ["BKRT-WXFH", "bkrtwxfh", " bkrt wxfh "])
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert hash_of_code(typed) == hash_of("BKRTWXFH")


def test_nothing_opens_what_has_no_secret() -> None:
    assert is_secret("a", hash_of("a"))
    assert not is_secret("", hash_of(""))
    assert not is_secret(None, "")
    assert not is_secret("a", hash_of("b"))


def test_an_invite_is_the_secret_or_the_code() -> None:
    kept = (hash_of("secret"), hash_of_code("BKRT-WXFH"))
    assert [is_invited(i, *kept) for i in ("secret", "bkrtwxfh", "other", "", None)] == [
        True, True, False, False, False
    ]  # fmt: skip
    assert not is_invited("x", "", "")


def test_a_sealed_session_needs_the_key() -> None:
    assert sealed("s", "key") == sealed("s", "key")
    assert len({sealed("s", "key"), sealed("t", "key"), sealed("s", "other")}) == 3
