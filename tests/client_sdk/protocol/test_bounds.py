"""The bounds of the wire agree with those that the server enforces."""

from dreamsync.protocol import bounds
from dreamsync_server import limits


def test_a_bound_that_both_sides_name_is_the_same_number() -> None:
    shared = [name for name in vars(bounds) if name.isupper() and name in vars(limits)]
    assert {"SAY_CHARS_MAX", "FRAME_BYTES_MAX", "NESTING_MAX", "PENDING_PROPOSALS_MAX"} <= set(
        shared
    )
    assert {name: getattr(bounds, name) for name in shared} == {
        name: getattr(limits, name) for name in shared
    }


def test_no_legal_text_is_longer_than_the_codec_lets_through() -> None:
    utf8_bytes_a_char = 4
    assert bounds.EXPR_CHARS_MAX * utf8_bytes_a_char <= bounds.STR_BYTES_MAX
    assert bounds.SAY_CHARS_MAX * utf8_bytes_a_char <= bounds.STR_BYTES_MAX


def test_a_view_of_the_buffer_limit_can_still_be_read_by_a_client() -> None:
    assert limits.BUFFER_HARD_BYTES <= bounds.SERVER_FRAME_BYTES_MAX
