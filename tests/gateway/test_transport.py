"""One client's line, over real sockets on loopback; time passes by a manual clock."""

import asyncio
import logging
import socket

import pytest
from support.lines import (
    BINARY,
    CLOSE,
    CONT,
    PING,
    PONG,
    TEXT,
    Gate,
    RawClient,
    client_frame,
    open_client,
    open_gate,
    raw_client,
    request,
    server_frame,
)
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from dreamsync.protocol.bounds import SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK
from dreamsync_server.limits import (
    BUFFER_HARD_BYTES,
    BUFFER_SOFT_BYTES,
    BUFFER_STALLED_S,
    CLOSE_S,
    CONTROL_BURST,
    FRAGMENTS_MAX,
    FRAME_BYTES_MAX,
    HANDSHAKE_S,
    HELLO_S,
    IDLE_CUT_S,
    IDLE_PING_S,
)

A_TICK_S = 0.5  # deadlines are kept to half a second


@pytest.mark.parametrize("subprotocol", [SUBPROTOCOL_MSGPACK, SUBPROTOCOL_JSON])
async def test_a_message_comes_and_goes_in_the_frame_of_its_sub_protocol(subprotocol: str) -> None:
    message = "grüß dich" if subprotocol == SUBPROTOCOL_JSON else b"\x80\xff"
    async with open_gate() as gate:
        url = f"ws://127.0.0.1:{gate.port}/dream"
        async with connect(url, subprotocols=[Subprotocol(subprotocol)]) as client:
            await client.send(message)
            assert await client.recv() == message
            assert client.subprotocol == subprotocol
            assert client.protocol.extensions == []  # compression costs five times the CPU


async def test_frames_behind_the_request_in_one_segment_are_read() -> None:
    async with open_gate() as gate, raw_client(gate.port) as client:
        await client.upgrade(behind=client_frame(b"early"))
        assert (await client.frame()).payload == b"early"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (request(subprotocol=""), 400),
        (request(subprotocol="chat"), 400),
        (request(Upgrade="", Connection="close"), 426),
        (request(Sec_WebSocket_Version="8"), 400),
        (request(Sec_WebSocket_Key="short"), 400),
        (request(method="POST"), 405),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n", 400),
        (b"GET /dream HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello", 400),
        (b"GET /dream HTTP/1.1\r\nno colon here\r\n\r\n", 400),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\n" + b"X-Many: a\r\n" * 200, 431),
        (b"GET / HTTP/1.1\r\n" + (b"X-Long: " + b"a" * 2_000 + b"\r\n") * 9, 431),
    ],
)
async def test_what_is_no_handshake_is_answered_plainly(sent: bytes, status: int) -> None:
    async with open_gate() as gate, raw_client(gate.port) as client:
        await client.send(sent)
        first_line = (await client.rest()).split(b"\r\n")[0]
        assert first_line.startswith(b"HTTP/1.1 %d " % status)
        assert gate.echoes == []


async def test_a_request_that_dribbles_in_is_cut_at_an_absolute_deadline() -> None:
    async with open_gate() as gate, raw_client(gate.port) as client:
        for byte in b"GET /dream HT":
            await client.send(bytes([byte]))
            gate.pass_time(0.1)
        gate.pass_time(HANDSHAKE_S + A_TICK_S)
        assert (await client.rest()).startswith(b"HTTP/1.1 408 ")
        assert gate.count("handshakes_total", result="timeout") == 1


async def test_a_client_that_says_nothing_is_told_and_cut() -> None:
    async with open_gate() as gate, open_client(gate.port) as client:
        echo = await gate.echo(0)
        gate.pass_time(HELLO_S - A_TICK_S)
        assert echo.told == []
        gate.pass_time(2 * A_TICK_S)
        assert (await client.closing()).close_code == 4004
        await echo.until(("lost", 4004))
        assert echo.told == ["late", ("lost", 4004)]


async def test_a_page_of_a_foreign_origin_is_closed_with_a_code_it_can_read() -> None:
    async with open_gate() as gate, raw_client(gate.port) as client:
        await client.send(request(Origin="https://elsewhere.example"))
        await client.reader.readuntil(b"\r\n\r\n")
        assert (await client.closing()).close_code == 4003
        assert gate.echoes == []


# --- frames ------------------------------------------------------------------------------------


async def test_a_message_in_fragments_is_put_together_also_around_a_ping() -> None:
    async with (
        open_gate() as gate,
        open_client(gate.port) as client,
        open_client(gate.port) as other,
    ):
        await client.send(client_frame(b"one ", BINARY, is_final=False))
        await client.send(client_frame(b"now", PING) + client_frame(b"two ", CONT, is_final=False))
        assert await client.frame() == (PONG, b"now")
        await other.send(client_frame(b"meanwhile"))
        assert (await other.frame()).payload == b"meanwhile"
        await client.send(client_frame(b"three", CONT))
        assert (await client.frame()).payload == b"one two three"


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"\x82\x02hi", 1002),  # not masked
        (b"\xc2\x80\x00\x00\x00\x00", 1002),  # a reserved bit
        (b"\x83\x80\x00\x00\x00\x00", 1002),  # an unknown kind
        (client_frame(b"x", CONT), 1002),  # a continuation of nothing
        (client_frame(b"x", BINARY, is_final=False) + client_frame(b"y", BINARY), 1002),
        (client_frame(b"x", PING, is_final=False), 1002),
        (client_frame(b"x" * 126, PING), 1002),
        (client_frame(b"\x03", CLOSE), 1002),
        (client_frame(b"\x03\xed", CLOSE), 1002),  # 1005 is never on the wire
        (client_frame(b"\x03\xe8\xff", CLOSE), 1007),
        (client_frame(b"text", TEXT), 1003),
        (b"\x82\xff" + (FRAME_BYTES_MAX + 1).to_bytes(8, "big"), 1009),  # by its header alone
        (b"\x82\xff" + b"\xff" * 8, 1009),
        (client_frame(b"x" * 40_000, is_final=False) + client_frame(b"x" * 40_000, CONT), 1009),
        (client_frame(b"", BINARY, is_final=False)
         + client_frame(b"", CONT, is_final=False) * FRAGMENTS_MAX, 4012),
    ],
)  # fmt: skip
async def test_what_breaks_the_protocol_is_closed_with_its_code(sent: bytes, code: int) -> None:
    async with open_gate() as gate, open_client(gate.port) as client:
        await client.send(sent)
        assert (await client.closing()).close_code == code
        await (await gate.echo(0)).until(("lost", code))


async def test_text_that_is_not_utf8_is_closed_with_1007() -> None:
    async with open_gate() as gate, open_client(gate.port, SUBPROTOCOL_JSON) as client:
        await client.send(client_frame(b"\xff\xfe", TEXT))
        assert (await client.closing()).close_code == 1007


async def test_the_largest_message_passes() -> None:
    payload = bytes(range(256)) * (FRAME_BYTES_MAX // 256)
    async with open_gate() as gate, open_client(gate.port) as client:
        await client.send(client_frame(payload))
        assert (await client.frame()).payload == payload


# --- floods ------------------------------------------------------------------------------------


async def test_a_ping_flood_gets_a_burst_of_answers_and_is_cut() -> None:
    async with (
        open_gate() as gate,
        open_client(gate.port) as client,
        open_client(gate.port) as other,
    ):
        await client.send(client_frame(b"", PING) * 2_000)
        answers = 0
        while (found := await client.frame()).opcode == PONG:
            answers += 1
        assert (answers, found.close_code) == (CONTROL_BURST, 4008)
        await other.send(client_frame(b"still here?"))
        assert (await other.frame()).payload == b"still here?"
        assert gate.count("floods_cut_total") == 1


async def test_pings_within_the_meter_are_all_answered() -> None:
    async with open_gate() as gate, open_client(gate.port) as client:
        await client.send(client_frame(b"hello"))
        assert (await client.frame()).payload == b"hello"
        for number in range(3 * CONTROL_BURST):
            gate.pass_time(0.1)
            await client.send(client_frame(b"%d" % number, PING))
            assert await client.frame() == (PONG, b"%d" % number)


async def test_a_flood_of_messages_leaves_others_their_turns() -> None:
    async with (
        open_gate() as gate,
        open_client(gate.port) as flooder,
        open_client(gate.port) as other,
    ):
        flooding, calm = await gate.echo(0), await gate.echo(1)
        flooder.writer.write(client_frame(b"x") * 20_000)
        await flooding.until(b"x")
        await other.send(client_frame(b"me too"))
        await calm.until(b"me too")
        assert len(flooding.told) < 20_000
        assert (await other.frame()).payload == b"me too"


# --- slow and silent clients ---------------------------------------------------------------------


async def stall(gate: Gate, client: RawClient, size_bytes: int) -> None:
    """Let more wait for a client than the kernel takes, and `size_bytes` besides."""
    sock = client.writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**16)
    client.reader._transport.pause_reading()  # type: ignore[attr-defined]
    line = (await gate.echo(0)).line
    while line.buffered() < size_bytes:
        line.write(server_frame(b"x" * 16_000))
        await asyncio.sleep(0)


async def test_a_client_that_does_not_read_is_told_of_and_told_of_when_it_does_again() -> None:
    async with open_gate() as gate, open_client(gate.port) as client:
        await stall(gate, client, BUFFER_SOFT_BYTES + 1)
        echo = await gate.echo(0)
        assert echo.told == ["congested"]
        client.reader._transport.resume_reading()  # type: ignore[attr-defined]
        reading = asyncio.create_task(client.rest())
        await echo.until("drained")
        echo.line.close(1000)
        assert (await reading)[-4:-2] == b"\x88\x02"


async def test_a_client_that_does_not_read_for_too_long_is_cut() -> None:
    async with open_gate() as gate, open_client(gate.port) as client:
        await client.send(client_frame(b"hello"))
        echo = await gate.echo(0)
        await echo.until(b"hello")
        await stall(gate, client, BUFFER_SOFT_BYTES + 1)
        gate.pass_time(BUFFER_STALLED_S + A_TICK_S)
        await echo.until(("lost", 4009))
        assert list(gate.listener.common.lines) != []
        gate.pass_time(CLOSE_S + A_TICK_S)
        await asyncio.wait_for(gate.listener.common.emptied.wait(), 5)
        assert gate.count("slow_cut_total") == 1


async def test_a_client_over_the_hard_bound_is_cut_at_once() -> None:
    async with open_gate() as gate, open_client(gate.port) as client:
        await stall(gate, client, BUFFER_HARD_BYTES + 1)
        echo = await gate.echo(0)
        echo.line.write(server_frame(b"one more"))
        await echo.until(("lost", 4009))


async def test_one_frame_over_the_hard_bound_is_not_the_clients_fault() -> None:
    async with open_gate() as gate, open_client(gate.port) as client:
        (await gate.echo(0)).line.write(server_frame(b"x" * 2 * BUFFER_HARD_BYTES))
        assert len((await client.frame()).payload) == 2 * BUFFER_HARD_BYTES


async def test_a_silent_client_is_pinged_and_lives_while_it_answers() -> None:
    async with open_gate() as gate, open_client(gate.port) as client:
        await client.send(client_frame(b"hello"))
        assert (await client.frame()).payload == b"hello"
        for _ in range(4):
            gate.pass_time(IDLE_PING_S + A_TICK_S)
            assert (await client.frame()).opcode == PING
            await client.send(client_frame(b"", PONG) + client_frame(b"x"))
            assert (await client.frame()).payload == b"x"


async def test_a_client_that_never_answers_is_cut() -> None:
    async with open_gate() as gate, open_client(gate.port) as client:
        await client.send(client_frame(b"hello"))
        echo = await gate.echo(0)
        await echo.until(b"hello")
        for _ in range(3):
            gate.pass_time((IDLE_CUT_S + A_TICK_S) / 3)
        await echo.until(("lost", 4009))
        assert (await client.closing()).close_code == 4009


# --- the end -------------------------------------------------------------------------------------


async def test_a_close_is_echoed_and_the_line_ends() -> None:
    async with open_gate() as gate, open_client(gate.port) as client:
        await client.send(client_frame(b"\x03\xe8bye", CLOSE))
        assert await client.frame() == (CLOSE, b"\x03\xe8bye")
        assert await client.rest() == b""
        await (await gate.echo(0)).until(("lost", 1000))


async def test_a_close_of_ours_comes_behind_what_was_sent() -> None:
    async with open_gate() as gate, open_client(gate.port) as client:
        line = (await gate.echo(0)).line
        line.write(server_frame(b"last words"))
        line.close(4010, "node_draining")
        line.write(server_frame(b"too late"))
        assert (await client.frame()).payload == b"last words"
        assert await client.frame() == (CLOSE, b"\x0f\xaanode_draining")
        assert await client.rest() == b""


async def test_a_client_that_keeps_sending_into_a_closed_line_still_reads_why() -> None:
    async with open_gate() as gate, open_client(gate.port) as client:
        (await gate.echo(0)).line.close(4006, "removed")
        client.writer.write(client_frame(b"x" * 30_000) * 10)
        assert (await client.closing()).close_code == 4006


async def test_a_client_that_ignores_the_close_is_cut() -> None:
    async with open_gate() as gate, open_client(gate.port):
        (await gate.echo(0)).line.close(4006, "removed")
        gate.pass_time(CLOSE_S + A_TICK_S)
        await asyncio.wait_for(gate.listener.common.emptied.wait(), 5)


async def test_a_half_closed_line_is_closed_whole() -> None:
    async with open_gate() as gate, open_client(gate.port) as client:
        client.writer.write_eof()
        assert await client.rest() == b""
        await (await gate.echo(0)).until(("lost", 1006))


async def test_a_line_that_is_torn_is_let_go_with_one_calm_line_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    async with open_gate() as gate, open_client(gate.port) as client:
        client.writer.transport.abort()
        await (await gate.echo(0)).until(("lost", 1006))
        await asyncio.wait_for(gate.listener.common.emptied.wait(), 5)
    said = [record for record in caplog.records if record.name.endswith("gateway.transport")]
    assert [(record.levelname, record.getMessage()) for record in said] == [
        ("INFO", "client 127.0.0.1 left after 0.0 s: 1006 lost")
    ]


async def test_a_fault_of_ours_costs_one_line_only(caplog: pytest.LogCaptureFixture) -> None:
    async with (
        open_gate() as gate,
        open_client(gate.port) as client,
        open_client(gate.port) as other,
    ):
        await client.send(client_frame(b"raise"))
        assert (await client.closing()).payload == b"\x03\xf3internal"
        await other.send(client_frame(b"hello"))
        assert (await other.frame()).payload == b"hello"
    assert "a fault of ours" in caplog.text


async def test_stopping_says_goodbye_to_everybody() -> None:
    async with open_gate() as gate:
        url = f"ws://127.0.0.1:{gate.port}/dream"
        client = await connect(url, subprotocols=[Subprotocol(SUBPROTOCOL_JSON)])
    with pytest.raises(ConnectionClosed) as caught:
        await client.recv()
    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == 1001


async def test_what_is_sent_in_one_turn_is_one_write() -> None:
    async with open_gate() as gate, open_client(gate.port) as client:
        line = (await gate.echo(0)).line
        for number in range(5):
            line.write(server_frame(b"%d" % number))
        assert [(await client.frame()).payload for _ in range(5)] == [b"0", b"1", b"2", b"3", b"4"]
        assert (gate.count("writes_total"), gate.count("messages_out_total")) == (1, 5)
