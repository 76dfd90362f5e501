"""The open port."""

import asyncio
import pathlib
import socket
import ssl
from collections.abc import Iterator

import pytest
from support.lines import client_frame, open_client, open_gate, plain_request, raw_client, request

from dreamsync_server.errors import OperatorError
from dreamsync_server.gateway.auth import Trust
from dreamsync_server.gateway.listener import ListenOptions, open_sockets, tls_context
from dreamsync_server.limits import UNSENT_IN_KERNEL_BYTES

TLS = pathlib.Path(__file__).parents[1] / "support" / "tls"
has_ipv6 = pytest.mark.skipif(
    not pathlib.Path("/proc/net/if_inet6").is_file()
    or "00000000000000000000000000000001" not in pathlib.Path("/proc/net/if_inet6").read_text(),
    reason="this machine has no IPv6 loopback",
)


@pytest.fixture
def taken() -> Iterator[int]:
    """Return a port that somebody else listens on."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


async def test_the_default_is_loopback_of_ipv4() -> None:
    async with open_gate() as gate, open_client(gate.port) as client:
        await client.send(client_frame(b"hello"))
        assert (await client.frame()).payload == b"hello"


@has_ipv6
async def test_the_default_is_loopback_of_ipv6_too_on_the_same_port() -> None:
    async with open_gate() as gate:
        reader, writer = await asyncio.open_connection("::1", gate.port)
        writer.write(plain_request("/healthz"))
        assert (await asyncio.wait_for(reader.read(), 5)).endswith(b"\r\n\r\nok\n")
        writer.close()


async def test_all_addresses_are_taken_on_demand() -> None:
    async with open_gate(ListenOptions(host="0.0.0.0")) as gate, raw_client(gate.port) as client:
        await client.send(plain_request("/healthz"))
        assert (await client.rest()).endswith(b"ok\n")


def test_a_port_in_use_is_one_clear_sentence(taken: int) -> None:
    with pytest.raises(OperatorError) as caught:
        open_sockets("127.0.0.1", taken)
    assert str(caught.value) == (
        f"port {taken} is in use; stop what uses it or choose another with --port"
    )


@pytest.mark.parametrize("host", ["203.0.113.1", "no-such-host.invalid"])
def test_an_address_of_another_machine_is_one_clear_sentence(host: str) -> None:
    with pytest.raises(OperatorError) as caught:
        open_sockets(host, 0)
    assert str(caught.value) == f"{host} is no address of this machine (--host)"


async def test_the_port_is_free_again_at_once() -> None:
    async with open_gate() as first, open_client(first.port) as client:
        await client.send(client_frame(b"x"))
        assert (await client.frame()).payload == b"x"
    async with open_gate(ListenOptions(port=first.port)) as second:
        assert second.port == first.port


async def test_beyond_the_bound_a_connection_is_told_so() -> None:
    async with (
        open_gate(ListenOptions(connections_max=1)) as gate,
        open_client(gate.port) as first,
        raw_client(gate.port) as second,
    ):
        assert (await second.rest()).startswith(b"HTTP/1.1 503 ")
        await first.send(client_frame(b"still here"))
        assert (await first.frame()).payload == b"still here"
        assert gate.count("handshakes_total", result="full") == 1


async def test_a_place_that_becomes_free_is_given_again() -> None:
    async with open_gate(ListenOptions(connections_max=1)) as gate:
        for _ in range(3):
            async with open_client(gate.port) as client:
                await client.send(client_frame(b"x"))
                assert (await client.frame()).payload == b"x"
            await asyncio.wait_for(gate.listener.common.emptied.wait(), 5)


async def test_visitors_behind_a_proxy_are_bounded_each_by_its_own_address() -> None:
    trust = Trust(proxies=["127.0.0.1"])
    async with open_gate(ListenOptions(connections_per_address_max=1), trust) as gate:
        answers, lines = [], []  # a line that nobody keeps would close itself
        for address in ("198.51.100.1", "198.51.100.2", "198.51.100.1"):
            reader, writer = await asyncio.open_connection("127.0.0.1", gate.port)
            lines.append((reader, writer))
            writer.write(request(X_Forwarded_For=address))
            answers.append((await asyncio.wait_for(reader.readline(), 5))[9:12])
        assert answers == [b"101", b"101", b"503"]
        assert [echo.line.visitor.address for echo in gate.echoes] == [
            "198.51.100.1",
            "198.51.100.2",
        ]
        for _, writer in lines:
            writer.close()


async def test_the_kernel_holds_little_that_was_not_sent() -> None:
    async with open_gate() as gate, open_client(gate.port):
        line = (await gate.echo(0)).line
        sock = line._transport.get_extra_info("socket")  # type: ignore[attr-defined]
        lowat = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT)
        assert lowat == UNSENT_IN_KERNEL_BYTES


async def test_while_draining_no_new_socket_is_taken_and_pages_still_answer() -> None:
    async with open_gate() as gate, raw_client(gate.port) as late, raw_client(gate.port) as asker:
        await late.send(request()[:-4])
        await asker.send(plain_request("/healthz")[:-4])
        async with raw_client(gate.port) as third:  # taken in behind the other two
            await third.send(plain_request("/healthz"))
            await third.rest()
        gate.listener.stop_listening()
        await late.send(request()[-4:])
        await asker.send(b"\r\n\r\n")
        assert (await late.rest()).startswith(b"HTTP/1.1 503 ")
        assert (await asker.rest()).endswith(b"ok\n")
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", gate.port)


async def test_tls_carries_the_same_conversation() -> None:
    options = ListenOptions(tls_cert=str(TLS / "cert.pem"), tls_key=str(TLS / "key.pem"))
    trusting = ssl.create_default_context(cafile=str(TLS / "cert.pem"))
    async with (
        open_gate(options) as gate,
        raw_client(gate.port, ssl=trusting, server_hostname="localhost") as client,
    ):
        await client.upgrade()
        await client.send(client_frame(b"x" * 60_000))
        assert (await client.frame()).payload == b"x" * 60_000
        (await gate.echo(0)).line.close(4006, "removed")
        assert (await client.frame()).close_code == 4006


@pytest.mark.parametrize(
    ("cert", "key", "why"),
    [
        ("cert.pem", "", "needs both"),
        ("", "key.pem", "needs both"),
        ("none.pem", "key.pem", "there is no file"),
        ("cert.pem", "cert.pem", "cannot be used"),
    ],
)
def test_a_certificate_that_is_no_use_is_one_clear_sentence(cert: str, key: str, why: str) -> None:
    with pytest.raises(OperatorError, match=why):
        tls_context(cert and str(TLS / cert), key and str(TLS / key))


def test_without_a_certificate_there_is_no_tls() -> None:
    assert tls_context("", "") is None
