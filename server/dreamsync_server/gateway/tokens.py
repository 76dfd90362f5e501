"""Ids and secrets: how they are drawn, how they are kept, how they are compared.

A secret is said once, to whom it is for, and kept as its sha256. All of them are drawn from one
source that is handed in, so that a seeded run draws the same again.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Final

DrawBytes = Callable[[int], bytes]

CODE_LETTERS: Final = "BCDFGHJKLMNPRSTVWXZ"
"""Letters of typed codes: none that looks like another or like a digit, none that makes words."""
CODE_LENGTH: Final = 8
_HALF: Final = CODE_LENGTH // 2


class Tokens:
    """Draws ids and secrets, and knows the operator's own token, where there is one."""

    def __init__(
        self, draw_bytes: DrawBytes = secrets.token_bytes, *, operator_token: str = ""
    ) -> None:
        self._draw_bytes = draw_bytes
        self._operator_hash = hash_of(operator_token) if operator_token else ""

    def is_operator(self, given: str | None) -> bool:
        """Return whether a token that was said in hello is the operator's."""
        return is_secret(given, self._operator_hash)

    def world(self) -> str:
        """Return a world's id: 96 bits, so that knowing one is to have been told."""
        return self._id()

    def session(self) -> str:
        """Return a session's id."""
        return self._id()

    def back(self) -> str:
        """Return a name for one word of a session's being back."""
        return self._text(12)

    def secret(self) -> str:
        """Return a secret of 192 bits: an invite, a desk token, what resumes a session."""
        return self._text(24)

    def salt(self) -> str:
        """Return what a free text is hashed with."""
        return self._draw_bytes(12).hex()

    def seed(self) -> int:
        """Return a world's seed."""
        return int.from_bytes(self._draw_bytes(4), "big")

    def code(self) -> str:
        """Return an invite for typing, such as `BKRT-WXFH`."""
        letters: list[str] = []
        while len(letters) < CODE_LENGTH:
            # A byte beyond the last whole round of letters would make some come more often.
            fair = (byte for byte in self._draw_bytes(16) if byte < 256 - 256 % len(CODE_LETTERS))
            letters.extend(CODE_LETTERS[byte % len(CODE_LETTERS)] for byte in fair)
        code = "".join(letters[:CODE_LENGTH])
        return f"{code[:_HALF]}-{code[_HALF:]}"

    def _id(self) -> str:
        text = self._text(12)
        # People type ids behind a command, where a leading dash would be taken for an option.
        return f"A{text[1:]}" if text.startswith("-") else text

    def _text(self, bytes_: int) -> str:
        return urlsafe_b64encode(self._draw_bytes(bytes_)).decode().rstrip("=")


def hash_of(secret: str) -> str:
    """Return what is kept of a secret: its sha256 in hex."""
    return hashlib.sha256(secret.encode()).hexdigest()


def hash_of_code(code: str) -> str:
    """Return what is kept of a typed code; case, spaces and dashes make no difference."""
    return hash_of("".join(c for c in code.upper() if c.isalnum()))


def is_secret(given: str | None, kept_hash: str) -> bool:
    """Return whether a secret is the one kept; nothing is, where none is kept."""
    if not given or not kept_hash:
        return False
    return hmac.compare_digest(hash_of(given), kept_hash)


def is_invited(given: str | None, invite_hash: str, code_hash: str) -> bool:
    """Return whether an invite is the link's secret or the typed code."""
    if not given:
        return False
    return is_secret(given, invite_hash) or (
        bool(code_hash) and hmac.compare_digest(hash_of_code(given), code_hash)
    )


def sealed(session: str, key: str) -> str:
    """Return the secret of a session that the world keeps nothing of: a spectator's.

    Any node that knows the world's card makes the same one, and nobody else can.
    """
    return hmac.new(key.encode(), session.encode(), hashlib.sha256).hexdigest()


def is_sealed(secret: str, session: str, key: str) -> bool:
    """Return whether this is the secret of such a session, in a time that tells nothing of it."""
    return hmac.compare_digest(secret.encode(), sealed(session, key).encode())
