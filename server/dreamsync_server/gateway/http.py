"""Plain HTTP on the socket's port: GET and HEAD of pages, health, metrics and the wire's document.

One request a connection, no bodies, nothing that changes anything: all that does is a message on
the socket. Every page is read, compressed and tagged when the node starts.
"""

import email.utils
import gzip
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from dreamsync.protocol import asyncapi
from dreamsync.protocol.bounds import SOCKET_PATH
from dreamsync_server.gateway.auth import Trust, Visitor
from dreamsync_server.telemetry import METRICS_CONTENT_TYPE, Telemetry

IsReady = Callable[[], str]
"""Returns "" where the node can serve, else one sentence that says what it waits for."""

PACKAGE: Final = "dreamsync_web"
# folder of the package -> the path its files are served under
FOLDERS: Final = (("pages", "/"), ("sdk", "/sdk/"), ("vendor", "/vendor/"))
# A page NAME.html is also served as /NAME: /w#<world> is a world's stage, with what is secret
# behind the #; /desk#<world>.<token> its desk.
PAGE_SUFFIX: Final = ".html"
CONTENT_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
}
CONTENT_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
_COMPRESSED: Final = ("text/", "application/", "image/svg")
_TEXT: Final = CONTENT_TYPES[".txt"]
_NOT_FOUND: Final = "There is nothing here.\n"


@dataclass(frozen=True, slots=True)
class Page:
    """Something served as it is. `packed` is its gzip form, empty where that is no smaller."""

    body: bytes
    packed: bytes
    content_type: str
    tag: str

    @classmethod
    def of(cls, body: bytes, content_type: str) -> "Page":
        """Return a page with its tag and, where it helps, its compressed form."""
        tag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
        packed = b""
        if content_type.startswith(_COMPRESSED):
            packed = gzip.compress(body, 9, mtime=0)
        return cls(body, packed if len(packed) < len(body) else b"", content_type, tag)


class Site:
    """Everything that is answered to a plain GET."""

    def __init__(
        self,
        pages: Mapping[str, Page],
        telemetry: Telemetry,
        trust: Trust,
        is_ready: IsReady = lambda: "",
    ) -> None:
        self._pages = pages
        self._telemetry = telemetry
        self._trust = trust
        self._is_ready = is_ready

    def answer(self, request: Request, visitor: Visitor) -> Response:
        """Return the answer to a request that does not ask for the socket."""
        response = self._answer(request, visitor)
        self._telemetry.http_answers.labels(str(response.status_code)).inc()
        if request.method == "HEAD":
            response.body = b""
        return response

    def _answer(self, request: Request, visitor: Visitor) -> Response:
        if request.method not in ("GET", "HEAD"):
            return only_get()
        path = request.path.partition("?")[0]
        if path == "/healthz":
            return plain_answer(200, "ok\n")
        if path == "/readyz":
            why_not = self._is_ready()
            return plain_answer(503, f"{why_not}\n") if why_not else plain_answer(200, "ready\n")
        if path == "/metrics":
            return self._metrics(request, visitor)
        page = self._pages.get(path)
        return plain_answer(404, _NOT_FOUND) if page is None else _page_answer(request, page)

    def _metrics(self, request: Request, visitor: Visitor) -> Response:
        if not (visitor.is_local or self._trust.is_operator(request.headers)):
            return plain_answer(404, _NOT_FOUND)
        return _answer(200, self._telemetry.exposition(), METRICS_CONTENT_TYPE)


def shipped_pages() -> dict[str, Page]:
    """Return all pages of `dreamsync_web`, and the wire's own description, by path."""
    pages = dict(_read_pages(files(PACKAGE)))
    document = json.dumps(asyncapi.document(), indent=1).encode()
    pages["/protocol.json"] = Page.of(document, CONTENT_TYPES[".json"])
    return pages


def only_get() -> Response:
    """Return the answer to a request that wants something done."""
    response = plain_answer(405, "Only GET and HEAD are answered here.\n")
    response.headers["Allow"] = "GET, HEAD"
    return response


def plain_answer(status: int, text: str) -> Response:
    """Return an answer of one line of text."""
    return _answer(status, text.encode(), _TEXT)


def _read_pages(package: Traversable) -> Iterator[tuple[str, Page]]:
    for folder, prefix in FOLDERS:
        root = package / folder
        if not root.is_dir():
            continue
        for path, file in _walk(root, prefix):
            suffix = path[path.rfind(".") :]
            if suffix not in CONTENT_TYPES:
                continue
            page = Page.of(file.read_bytes(), CONTENT_TYPES[suffix])
            assert path != SOCKET_PATH, "a page would hide the socket"
            yield path, page
            if path.endswith("/index.html"):
                yield path.removesuffix("index.html"), page
            elif suffix == PAGE_SUFFIX:
                yield path.removesuffix(PAGE_SUFFIX), page
            if path == "/favicon.svg":
                yield "/favicon.ico", page


def _walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, Traversable]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _walk(entry, f"{prefix}{entry.name}/")
        elif entry.is_file():
            yield f"{prefix}{entry.name}", entry


def _page_answer(request: Request, page: Page) -> Response:
    if page.tag in ",".join(request.headers.get_all("If-None-Match")).replace("W/", ""):
        response = _answer(304, b"", page.content_type)
        del response.headers["Content-Length"]
    elif page.packed and _takes_gzip(request.headers):
        response = _answer(200, page.packed, page.content_type)
        response.headers["Content-Encoding"] = "gzip"
    else:
        response = _answer(200, page.body, page.content_type)
    response.headers["ETag"] = page.tag
    if page.packed:
        response.headers["Vary"] = "Accept-Encoding"
    return response


def _takes_gzip(headers: Headers) -> bool:
    for offer in ",".join(headers.get_all("Accept-Encoding")).lower().split(","):
        coding, _, weight = offer.replace(" ", "").partition(";q=")
        if coding == "gzip":
            return weight.strip("0.") != "" if weight else True
    return False


def _answer(status: int, body: bytes, content_type: str) -> Response:
    headers = Headers(
        {
            "Date": email.utils.formatdate(usegmt=True),
            "Connection": "close",
            "Content-Length": str(len(body)),
            "Content-Type": content_type,
            "Cache-Control": "no-cache",
            "Content-Security-Policy": CONTENT_POLICY,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
        }
    )
    return Response(status, HTTPStatus(status).phrase, headers, body)
