"""The flooder: what it sends in one go is what the server is to withstand."""

from dreamsync.protocol.bounds import FRAME_BYTES_MAX
from dreamsync_server.cli.bench.flooder import _FRAMES
from dreamsync_server.cli.bench.floods import KINDS


def test_every_flood_that_sends_has_its_frames() -> None:
    assert set(_FRAMES) == set(KINDS) - {"unread"}
    assert _FRAMES["pings"]()[:2] == b"\x89\x84"
    assert _FRAMES["messages"]()[0] == 0x82


def test_a_big_frame_is_within_the_bound_so_that_it_is_judged() -> None:
    assert FRAME_BYTES_MAX // 2 < len(_FRAMES["big"]()) < FRAME_BYTES_MAX
