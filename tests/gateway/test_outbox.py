"""What goes out at the end of a turn of the loop."""

import asyncio

from dreamsync_server.gateway.outbox import Outbox
from dreamsync_server.telemetry import Telemetry


class Written:
    """Keeps what was written to it, each write apart."""

    def __init__(self) -> None:
        self.writes: list[bytes] = []

    def write_now(self, data: bytes) -> None:
        self.writes.append(data)


async def test_the_frames_of_one_turn_are_one_write_a_client_in_order() -> None:
    telemetry = Telemetry(has_process=False)
    outbox = Outbox(asyncio.get_running_loop(), telemetry)
    one, two = Written(), Written()
    outbox.put(one, b"a")
    outbox.put(two, b"b")
    outbox.put(one, b"c")
    assert one.writes == []
    await asyncio.sleep(0)
    assert (one.writes, two.writes) == ([b"ac"], [b"b"])
    outbox.put(one, b"d")
    await asyncio.sleep(0)
    assert one.writes == [b"ac", b"d"]
    read = telemetry.registry.get_sample_value
    assert read("dreamsync_messages_out_total") == 4
    assert read("dreamsync_bytes_out_total") == 4
    assert read("dreamsync_writes_total") == 3


async def test_what_is_taken_is_not_written_again() -> None:
    outbox = Outbox(asyncio.get_running_loop(), Telemetry(has_process=False))
    one = Written()
    outbox.put(one, b"a")
    outbox.put(one, b"b")
    assert outbox.take(one) == b"ab"
    assert outbox.take(one) == b""
    await asyncio.sleep(0)
    assert one.writes == []
