"""URLs of stores, taken apart."""

import pytest

from dreamsync_server.store.redis.address import parse_address, place_of


def test_sentinels_are_asked_for_a_service() -> None:
    address = parse_address("redis+sentinel://u:p@s1:1,s2,[::1]:3/dreams/2?sentinel_password=a%20b")

    assert address.hosts == (("s1", 1), ("s2", 26379), ("::1", 3))
    assert (address.kind, address.service, address.db) == ("sentinel", "dreams", 2)
    assert address.of("10.0.0.1", 6379) == "redis://u:p@10.0.0.1:6379/2"
    assert address.of_sentinel("::1", 3) == "redis://:a%20b@[::1]:3/0"


def test_a_cluster_has_several_hosts_and_one_database() -> None:
    address = parse_address("valkeys+cluster://:p@h1:7000,h2?ssl_cert_reqs=none")

    assert address.hosts == (("h1", 7000), ("h2", 6379))
    assert address.of("h3", 7001) == "rediss://:p@h3:7001/0?ssl_cert_reqs=none"


@pytest.mark.parametrize("scheme", ["redis", "valkeys+cluster", "redis+sentinel"])
def test_an_address_that_is_shown_shows_no_password(scheme: str) -> None:
    url = f"{scheme}://user:canary@h1:1/dreams?sentinel_password=canary&password=canary"
    if "sentinel" not in scheme:
        url = url.replace("/dreams", "/0")
    assert "canary" not in repr(parse_address(url))


def test_one_server_keeps_its_url() -> None:
    assert parse_address("valkey://u:p@h:1/2?x=y").plain == "redis://u:p@h:1/2?x=y"
    assert parse_address("unix:///a/b.sock").plain == "unix:///a/b.sock"


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("redis+sentinel://h:1", "name of the service"),
        ("redis+sentinel://h:x/dreams", "no number of a port"),
        ("redis+cluster://h/1", "nothing may stand behind the hosts"),
        ("redis+cluster://,h", "a host is missing"),
        ("redis+nothing://h", "no store is known by"),
        ("ftp://h", "no store is known by"),
        ("redis://u:p@h:1/dreams", "'dreams' is no number of a database"),
    ],
)
def test_what_is_none_is_told_why(url: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        parse_address(url)


def test_a_place_is_shown_without_secrets() -> None:
    shown = place_of("rediss+sentinel://u:p@s1,s2/dreams?sentinel_password=x")
    assert shown == "rediss+sentinel://s1,s2/dreams"


@pytest.mark.parametrize(
    "url", ["redis://u:canary?canary@h:1", "redis://h:1?password=can@canary", "redis://:canary@h"]
)
def test_a_password_with_signs_of_its_own_is_not_shown_either(url: str) -> None:
    assert "canary" not in place_of(url)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("redis://u:p@h:1/2?x=y", "h:1"), ("valkeys://h", "h:6379"),
        ("redis://[::1]", "[::1]:6379"), ("redis://", "localhost:6379"), ("unix:///a/b.sock", "unix:///a/b.sock"),
    ],
)  # fmt: skip
def test_a_server_is_called_by_its_host_and_port(url: str, name: str) -> None:
    assert parse_address(url).name == name
