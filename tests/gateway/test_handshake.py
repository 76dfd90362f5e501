"""A connection's first bytes, without a socket."""

import logging

import pytest
from support.lines import ONE_PAGE, plain_request, request

from dreamsync.protocol.bounds import SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK
from dreamsync_server.gateway.auth import Trust, Visitor
from dreamsync_server.gateway.handshake import Handshake, Opened, Plain, plainly
from dreamsync_server.gateway.http import Site
from dreamsync_server.limits import HEAD_BYTES_MAX
from dreamsync_server.telemetry import Telemetry


def handshake() -> Handshake:
    trust = Trust()
    site = Site(ONE_PAGE, Telemetry(has_process=False), trust)
    return Handshake("203.0.113.9", trust, site, logging.getLogger("test"))


def test_a_good_request_opens_the_socket() -> None:
    opened = handshake().feed(request(subprotocol=f"{SUBPROTOCOL_JSON}, other"))
    assert isinstance(opened, Opened)
    assert opened.answer.startswith(b"HTTP/1.1 101 ")
    assert b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in opened.answer  # RFC 6455, 1.3
    assert (opened.rest, opened.visitor) == (b"", Visitor("203.0.113.9", is_local=False))
    assert (opened.subprotocol, opened.is_welcome) == (SUBPROTOCOL_JSON, True)


def test_of_two_sub_protocols_the_compact_one_is_taken() -> None:
    opened = handshake().feed(request(subprotocol=f"{SUBPROTOCOL_JSON}, {SUBPROTOCOL_MSGPACK}"))
    assert isinstance(opened, Opened)
    assert opened.subprotocol == SUBPROTOCOL_MSGPACK


@pytest.mark.parametrize("method", [b"POST", b"PUT", b"PATCH", b"DELETE"])
def test_a_request_that_brings_something_is_told_what_is_answered_here(method: bytes) -> None:
    head = method + b" / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 3\r\n\r\nabc"
    told = handshake().feed(head)
    assert isinstance(told, Plain)
    assert told.answer.startswith(b"HTTP/1.1 405 ")
    assert b"Allow: GET, HEAD\r\n" in told.answer


def test_no_extension_is_agreed_to() -> None:
    opened = handshake().feed(request(Sec_WebSocket_Extensions="permessage-deflate"))
    assert isinstance(opened, Opened)
    assert b"Extensions" not in opened.answer


@pytest.mark.parametrize("size", [1, 3, 7, 50])
def test_it_does_not_matter_where_the_line_cuts_the_request(size: int) -> None:
    hand = handshake()
    data = request() + b"\x82\x80rest"
    opened = None
    for at in range(0, len(data), size):
        assert not isinstance(opened, Plain)
        if opened is None:
            opened = hand.feed(data[at : at + size])
            end = at + size
    assert isinstance(opened, Opened)
    assert opened.rest + data[end:] == b"\x82\x80rest"


def test_a_page_is_answered_and_nothing_opened() -> None:
    plain = handshake().feed(plain_request("/"))
    assert isinstance(plain, Plain)
    assert plain.result == "page"
    assert plain.answer.startswith(b"HTTP/1.1 200 ")


def test_while_draining_the_socket_is_refused() -> None:
    plain = handshake().feed(request(), is_draining=True)
    assert isinstance(plain, Plain)
    assert plain.result == "draining"
    assert plain.answer.startswith(b"HTTP/1.1 503 ")


@pytest.mark.parametrize(
    "data", [b"\x16\x03\x01\r\n", b"nonsense\r\n\r\n", b"GET / HTTP/9\r\n\r\n", b"\r\n\r\n"]
)
def test_what_is_no_request_is_answered_as_such(data: bytes) -> None:
    plain = handshake().feed(data)
    assert plain == Plain(plain.answer if plain else b"", "bad")
    assert plain.answer.startswith(b"HTTP/1.1 400 ")


def test_a_request_without_end_is_refused_at_its_bound() -> None:
    hand = handshake()
    plain = hand.feed(b"GET / HTTP/1.1\r\n")
    fed = 0
    while plain is None:
        plain = hand.feed(b"X: " + b"a" * 1_000 + b"\r\n")
        fed += 1_005
    assert isinstance(plain, Plain)
    assert plain.answer.startswith(b"HTTP/1.1 431 ")
    assert fed < HEAD_BYTES_MAX + 2_000


def test_a_plain_answer_is_whole() -> None:
    head, _, body = plainly(400, "No.\n").partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert (b"Content-Length: 4" in head, body) == (True, b"No.\n")
