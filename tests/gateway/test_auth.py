"""Who stands at the other end."""

import pytest
from websockets.datastructures import Headers

from dreamsync_server.errors import OperatorError
from dreamsync_server.gateway.auth import Trust, Visitor, is_loopback, normal_origin

PROXY = Trust(proxies=["10.0.0.0/8", "fd00::1"])


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.9", None, "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),  # a stranger may say what it likes
        ("10.1.2.3", "198.51.100.1", "198.51.100.1"),
        ("10.1.2.3", "1.1.1.1, 198.51.100.1, 10.9.9.9", "198.51.100.1"),
        ("10.1.2.3", "made up, 10.9.9.9", "10.1.2.3"),
        ("10.1.2.3", None, "10.1.2.3"),
        ("fd00::1", "2001:db8:0:7::7", "2001:db8:0:7::/64"),
        ("::ffff:203.0.113.9", None, "203.0.113.9"),
        ("unknown", None, "unknown"),
    ],
)
def test_the_address_is_the_last_one_that_no_proxy_made_up(
    peer: str, forwarded: str | None, address: str
) -> None:
    headers = Headers({"Host": "play.example"})
    if forwarded is not None:
        headers["X-Forwarded-For"] = forwarded
    assert PROXY.visitor(peer, headers) == Visitor(address, is_local=False)


@pytest.mark.parametrize(
    ("peer", "headers", "is_local"),
    [
        ("127.0.0.1", {"Host": "127.0.0.1:8765"}, True),
        ("::1", {"Host": "[::1]:8765"}, True),
        ("127.0.0.1", {"Host": "localhost"}, True),
        ("127.0.0.1", {}, True),
        ("127.0.0.1", {"Host": "rebound.example:8765"}, False),  # a page's own name for us
        ("127.0.0.1", {"Host": "localhost", "X-Forwarded-For": "127.0.0.1"}, False),
        ("127.0.0.1", {"Host": "localhost", "Forwarded": "for=1.2.3.4"}, False),
        ("192.168.1.2", {"Host": "localhost"}, False),
    ],
)
def test_local_is_only_who_comes_from_loopback_by_itself(
    peer: str, headers: dict[str, str], is_local: bool
) -> None:
    assert Trust().visitor(peer, Headers(headers)).is_local is is_local


def test_a_proxy_on_loopback_makes_nobody_local() -> None:
    trust = Trust(proxies=["127.0.0.1"])
    headers = Headers({"Host": "localhost", "X-Forwarded-For": "127.0.0.1"})
    assert not trust.visitor("127.0.0.1", headers).is_local


@pytest.mark.parametrize(
    ("origin", "host", "is_allowed"),
    [
        (None, "play.example", True),
        ("http://localhost:8765", "localhost:8765", True),
        ("https://play.example", "play.example", True),
        ("https://play.example", "play.example:443", True),
        ("http://play.example", "play.example", True),
        ("http://[::1]:8765", "[::1]:8765", True),
        ("https://PLAY.example", "play.EXAMPLE", True),
        ("https://friend.example", "play.example", True),
        ("https://friend.example:444", "play.example", False),
        ("http://friend.example", "play.example", False),
        ("http://localhost:8766", "localhost:8765", False),
        ("https://elsewhere.example", "play.example", False),
        ("https://play.example.elsewhere.example", "play.example", False),
        ("null", "play.example", False),
        ("", "play.example", False),
        ("https://play.example:port", "play.example", False),
        ("file://play.example", "play.example", False),
    ],
)
def test_a_page_may_connect_to_its_own_host_or_from_the_list(
    origin: str | None, host: str, is_allowed: bool
) -> None:
    trust = Trust(origins=["https://friend.example"])
    headers = Headers({"Host": host})
    if origin is not None:
        headers["Origin"] = origin
    assert trust.allows_origin(headers) is is_allowed


def test_two_origins_are_none() -> None:
    headers = Headers({"Host": "a.example"})
    headers["Origin"] = "https://a.example"
    headers["Origin"] = "https://a.example"
    assert not Trust().allows_origin(headers)


@pytest.mark.parametrize(
    ("given", "is_operator"),
    [
        ("Bearer let-me-in", True),
        ("bearer  let-me-in", True),
        ("Bearer let-me-out", False),
        ("Basic let-me-in", False),
        ("let-me-in", False),
        ("", False),
    ],
)
def test_the_operator_shows_a_token(given: str, is_operator: bool) -> None:
    headers = Headers({"Authorization": given})
    assert Trust(operator_token="let-me-in").is_operator(headers) is is_operator


def test_without_a_token_nobody_is_the_operator() -> None:
    assert not Trust().is_operator_token("")
    assert not Trust().is_operator(Headers({"Authorization": "Bearer "}))


@pytest.mark.parametrize(
    "make",
    [
        lambda: Trust(proxies=["nonsense"]),
        lambda: Trust(origins=["play.example"]),
        lambda: Trust(origins=["https://play.example/path"]),
    ],
)
def test_what_the_operator_wrote_wrong_is_said_at_once(make: object) -> None:
    with pytest.raises(OperatorError):
        make()  # type: ignore[operator]


@pytest.mark.parametrize(
    ("address", "is_home"),
    [("127.8.9.1", True), ("::1", True), ("::ffff:127.0.0.1", True), ("10.0.0.1", False),
     ("fe80::1%eth0", False), ("junk", False)],
)  # fmt: skip
def test_loopback_is_known(address: str, is_home: bool) -> None:
    assert is_loopback(address) is is_home


def test_an_origin_has_one_spelling() -> None:
    assert normal_origin("HTTPS://Play.Example/") == "https://play.example:443"
