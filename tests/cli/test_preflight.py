"""Before `serve` touches anything: what cannot be meant is one sentence that names the option."""

import socket
from pathlib import Path

import pytest

from dreamsync_server.cli.preflight import checked
from dreamsync_server.errors import OperatorError
from dreamsync_server.settings import Settings


def settings(**more: object) -> Settings:
    told: dict[str, object] = {"port": 0, "data": "d", "public_pack": "starter", **more}
    return Settings.model_validate(told)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"host": ""}, "--host is empty"),
        ({"host": "nowhere.invalid"}, "is no address of this machine"),
        ({"host": "192.0.2.1"}, "is no address of this machine"),
        ({"data": ""}, "--data is empty"),
        ({"public_pack": "startr"}, "no pack 'startr'.*did you mean starter.*--worlds"),
        ({"public_pack": "../../etc"}, "no pack '../../etc'"),
        ({"worlds": "/nowhere"}, "no folder /nowhere"),
        ({"tls_cert": "/nowhere"}, "TLS needs both"),
        ({"tls_cert": __file__, "tls_key": __file__}, "TLS: .* cannot be used"),
        ({"allow_origins": ("x y",)}, "an allowed origin looks like"),
        ({"trusted_proxies": ("nix",)}, "a trusted proxy is an address"),
        ({"address": "ht!tp:/"}, "--address looks like"),
        ({"address": "play.example"}, "--address looks like"),
    ],
)
def test_what_cannot_be_meant_is_refused(wrong: dict[str, object], sentence: str) -> None:
    with pytest.raises(OperatorError, match=sentence):
        checked(settings(**wrong))


def test_a_free_port_takes_the_place_of_none() -> None:
    assert checked(settings()).port > 0
    assert checked(settings(public_pack="", address="https://play.example")).port > 0


def test_a_port_that_is_taken_by_either_family_is_refused() -> None:
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        with socket.socket(family) as taken:
            taken.bind((host, 0))
            taken.listen()
            port = taken.getsockname()[1]
            with pytest.raises(OperatorError, match=f"port {port} is in use"):
                checked(settings(port=port))


def test_packs_of_ones_own_are_found_by_their_folder(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "pack.yaml").write_text("format: 1\nid: mine\n")
    assert checked(settings(public_pack="mine", worlds=str(tmp_path))).port > 0
