"""Plain HTTP on the socket's port."""

import asyncio
import gzip
import json

import pytest
from support.lines import ONE_PAGE, open_gate, plain_request, raw_client
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from dreamsync.protocol import asyncapi
from dreamsync_server.gateway.auth import Trust, Visitor
from dreamsync_server.gateway.http import CONTENT_POLICY, Page, Site, shipped_pages
from dreamsync_server.limits import HTTP_ANSWER_S
from dreamsync_server.telemetry import Telemetry

LOCAL, STRANGER = Visitor("127.0.0.1", is_local=True), Visitor("203.0.113.9", is_local=False)
PAGE = ONE_PAGE["/"]


def ask(
    path: str, visitor: Visitor = STRANGER, method: str = "GET", why_not: str = "", **headers: str
) -> Response:
    """Return the answer of a site with one page."""
    trust = Trust(operator_token="let-me-in")
    site = Site(ONE_PAGE, Telemetry(has_process=False), trust, lambda: why_not)
    named = Headers({name.replace("_", "-"): value for name, value in headers.items()})
    return site.answer(Request(path, named, method), visitor)


def test_health_is_about_the_process_and_readiness_about_what_it_needs() -> None:
    assert ask("/healthz", why_not="no store").status_code == 200
    assert ask("/readyz").body == b"ready\n"
    answer = ask("/readyz", why_not="the store does not answer")
    assert (answer.status_code, answer.body) == (503, b"the store does not answer\n")


@pytest.mark.parametrize(
    ("visitor", "headers", "status"),
    [
        (LOCAL, {}, 200),
        (STRANGER, {}, 404),
        (STRANGER, {"Authorization": "Bearer let-me-in"}, 200),
        (STRANGER, {"Authorization": "Bearer guess"}, 404),
    ],
)
def test_metrics_are_for_this_machine_and_the_operator(
    visitor: Visitor, headers: dict[str, str], status: int
) -> None:
    answer = ask("/metrics", visitor, **headers)
    assert answer.status_code == status
    assert (b"dreamsync_connections" in answer.body) is (status == 200)


def test_an_unknown_path_and_forbidden_metrics_look_the_same() -> None:
    unknown, forbidden = ask("/nothing"), ask("/metrics")
    assert (unknown.status_code, unknown.body) == (forbidden.status_code, forbidden.body)


@pytest.mark.parametrize("path", ["/", "/?from=a+link", "/#hash"])
def test_a_page_comes_with_a_strict_policy_and_no_cache(path: str) -> None:
    answer = ask(path)
    if path == "/#hash":  # no browser sends what stands behind the #
        assert answer.status_code == 404
        return
    assert answer.body == PAGE.body
    assert answer.headers["Content-Security-Policy"] == CONTENT_POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Connection"] == "close"
    assert answer.headers["Content-Length"] == str(len(PAGE.body))


@pytest.mark.parametrize(
    ("offered", "is_packed"),
    [("gzip", True), ("deflate, gzip;q=0.5", True), ("gzip;q=0", False), ("gzip;q=0.0", False),
     ("br", False), ("x-gzip", False), ("", False)],
)  # fmt: skip
def test_a_page_is_sent_packed_to_who_takes_it(offered: str, is_packed: bool) -> None:
    answer = ask("/", Accept_Encoding=offered)
    assert ("Content-Encoding" in answer.headers) is is_packed
    body = gzip.decompress(answer.body) if is_packed else bytes(answer.body)
    assert body == PAGE.body
    assert answer.headers["Vary"] == "Accept-Encoding"


def test_a_page_that_is_known_is_not_sent_again() -> None:
    answer = ask("/", If_None_Match=f'"other", W/{PAGE.tag}')
    assert (answer.status_code, answer.body) == (304, b"")
    assert answer.headers["ETag"] == PAGE.tag
    assert ask("/", If_None_Match='"other"').status_code == 200


def test_head_is_get_without_the_body() -> None:
    head, get = ask("/", method="HEAD"), ask("/")
    assert head.body == b""
    assert head.headers["Content-Length"] == get.headers["Content-Length"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "BREW"])
def test_nothing_can_be_changed_by_http(method: str) -> None:
    answer = ask("/", LOCAL, method)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", ["/../pyproject.toml", "/pages/index.html", "//", "/%2e%2e/", ""])
def test_only_the_table_is_served(path: str) -> None:
    assert ask(path).status_code == 404


def test_the_shipped_pages_have_addresses_of_their_own() -> None:
    pages = shipped_pages()
    assert {"/", "/index.html", "/favicon.ico", "/protocol.json", "/sdk/dreamsync.js"} <= set(pages)
    for name in ("/w", "/desk", "/lab"):
        assert pages[name] is pages[f"{name}.html"]
        assert pages[name].content_type == "text/html; charset=utf-8"
    assert pages["/favicon.ico"].content_type == "image/svg+xml"


def test_the_wires_document_is_served_as_it_is_made() -> None:
    assert json.loads(shipped_pages()["/protocol.json"].body) == json.loads(
        json.dumps(asyncapi.document())
    )


def test_what_does_not_shrink_is_kept_as_it_is() -> None:
    assert Page.of(b"x", "text/plain").packed == b""
    assert Page.of(b"x" * 1000, "image/png").packed == b""
    assert 0 < len(Page.of(b"x" * 1000, "text/plain").packed) < 100


async def test_one_answer_ends_the_connection() -> None:
    async with open_gate() as gate, raw_client(gate.port) as client:
        await client.send(plain_request("/healthz") + plain_request("/"))
        answer = await client.rest()
        assert answer.count(b"HTTP/1.1 ") == 1
        assert answer.endswith(b"\r\n\r\nok\n")
        assert gate.count("http_answers_total", status="200") == 1


async def test_a_reader_that_does_not_take_its_page_is_cut() -> None:
    trust, telemetry = Trust(), Telemetry(has_process=False)
    site = Site({"/": Page.of(bytes(2**24), "image/png")}, telemetry, trust)
    async with open_gate(site=site) as gate, raw_client(gate.port) as client:
        await client.send(plain_request("/"))
        assert (await client.reader.readline()).startswith(b"HTTP/1.1 200")
        client.reader._transport.pause_reading()  # type: ignore[attr-defined]
        gate.pass_time(HTTP_ANSWER_S + 0.5)
        await asyncio.wait_for(gate.listener.common.emptied.wait(), 5)
