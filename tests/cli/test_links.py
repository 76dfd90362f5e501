"""Links into worlds, written and read."""

import pytest

from dreamsync_server.cli.links import SERVER, Link, page_address, parse_link, socket_address
from dreamsync_server.errors import OperatorError


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("http://h:1/w#abc", Link("ws://h:1", "abc")),
        ("https://h/w#a-b_c.inV", Link("wss://h", "a-b_c", "inV")),
        ("http://h:1/w#abc?i=sec", Link("ws://h:1", "abc", "sec")),
        ("http://h:1", Link("ws://h:1")),
        ("ws://h:1/dream", Link("ws://h:1")),
        ("h:8765", Link("ws://h:8765")),
        ("[::1]:8765", Link("ws://[::1]:8765")),
        ("abc", Link(SERVER, "abc")),
        ("abc.secret", Link(SERVER, "abc", "secret")),
        (" abc ", Link(SERVER, "abc")),
        ("#abc", Link(SERVER, "abc")),
    ],
)
def test_a_link_an_address_and_a_bare_id_are_read(text: str, link: Link) -> None:
    assert parse_link(text) == link


@pytest.mark.parametrize(
    "text", ["two words", "http://h:1/w#a b", "ftp://h/w#abc", "http://", "http://h:x/w#a",
             "a.b.c", "http://h:1/w#.secret", "http://h:0"]
)  # fmt: skip
def test_what_is_no_link_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(OperatorError, match=r"no (link|address)"):
        parse_link(text)


@pytest.mark.parametrize("link", [Link("ws://h:1", "w"), Link("wss://h", "w", "i"), Link("ws://h")])
def test_what_is_written_is_read_back(link: Link) -> None:
    assert parse_link(str(link)) == link


def test_a_secret_stands_behind_the_hash() -> None:
    assert str(Link("ws://h:1", "w", "secret")) == "http://h:1/w#w.secret"


def test_the_two_addresses_of_a_server_stand_for_each_other() -> None:
    assert page_address("wss://h:2/dream") == "https://h:2"
    assert socket_address("https://h:2/w") == "wss://h:2"
