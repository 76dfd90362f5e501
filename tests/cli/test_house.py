"""The house: where people come in, and the public world that is ready for them."""

from pathlib import Path

import dreamsync
from dreamsync_server.cli.assembly import open_node
from dreamsync_server.cli.child import ChildSettings
from dreamsync_server.cli.house import House, announce, lan_address, open_for_all, until_ready
from dreamsync_server.cli.supervisor import Ending
from dreamsync_server.settings import Settings
from dreamsync_server.store.memory import MemoryStore

TLS = Path(__file__).parents[1] / "support" / "tls"


def house_at(port: int, **more: object) -> House:
    return House(Settings(port=port, public_pack="starter", data="d", **more), "memory://")


def test_addresses_are_ones_a_neighbour_can_use() -> None:
    near = house_at(80, host="0.0.0.0").socket_url
    assert near == "ws://127.0.0.1:80"
    assert house_at(80, host="0.0.0.0").web_url == f"http://{lan_address()}:80"
    assert house_at(80, address="https://play.example/").web_url == "https://play.example"
    assert house_at(80, host="::1").socket_url == "ws://[::1]:80"
    assert house_at(80, tls_cert="c").web_url == "https://127.0.0.1:80"


async def test_the_public_world_is_opened_once_and_found_again() -> None:
    told = ChildSettings(name="n1", store_url="memory://", settings=Settings(port=0))
    async with open_node(told) as node:
        house = house_at(node.port)
        assert await until_ready(house)
        first = await open_for_all(house, "a crash")
        again = await open_for_all(house, "a crash")
    assert first.world == again.world
    assert first.link == f"http://127.0.0.1:{node.port}/w#{first.world}"
    assert [role for role, _ in first.roles][:2] == ["Ada", "Ben"]


async def test_the_public_world_is_opened_behind_a_certificate_for_another_name() -> None:
    tls = {"tls_cert": str(TLS / "cert.pem"), "tls_key": str(TLS / "key.pem")}
    settings = Settings(port=0, **tls)
    told = ChildSettings(name="n1", store_url="memory://", settings=settings)
    async with open_node(told) as node:
        house = house_at(node.port, **tls)
        assert await until_ready(house)
        assert (await open_for_all(house, "a crash")).link.startswith("https://")


async def test_a_store_that_is_slow_at_first_only_makes_the_poster_late(
    capsys, monkeypatch
) -> None:
    monkeypatch.setattr("dreamsync_server.cli.house.AGAIN_S", 0.01)
    told = ChildSettings(name="n1", store_url="memory://", settings=Settings(port=0))
    async with open_node(told) as node:
        assert isinstance(node.store, MemoryStore)
        node.store.fail_next("create_world", "before", 2)
        await announce(house_at(node.port), "a crash", Ending())
    printed = capsys.readouterr()
    assert printed.err.count("but: ") == 1, "said once, however often it is tried"
    assert "The House That Slept" in printed.out


async def test_a_public_pack_that_is_not_there_is_not_tried_again(capsys) -> None:
    told = ChildSettings(name="n1", store_url="memory://", settings=Settings(port=0))
    async with open_node(told) as node:
        house = House(Settings(port=node.port, public_pack="nowhere"), "memory://")
        await announce(house, "a crash", Ending())
    assert "There is no such pack." in capsys.readouterr().err


async def test_a_node_that_does_not_come_up_is_said_and_ends_it(capsys, monkeypatch) -> None:
    monkeypatch.setattr("dreamsync_server.cli.house.READY_S", 0.2)
    stop = Ending()
    await announce(house_at(1), "a crash", stop)
    assert (stop.is_set(), stop.code) == (True, 1)
    assert "did not come up" in capsys.readouterr().err


def test_a_public_pack_with_faults_is_told_with_what_names_them(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "pack.yaml").write_text("format: 1\nid: mine\n")
    house = House(Settings(public_pack="mine", worlds=str(tmp_path), data="d"), "memory://")
    refused = dreamsync.RefusedError("unknown_pack", "There is no such pack.")
    assert house.why_no_world(refused) == (
        "the pack mine has faults and cannot be played:"
        f" `./dream check {tmp_path / 'mine'}` names them all"
    )
    full = dreamsync.RefusedError("too_many_worlds", "No more worlds here.")
    assert house.why_no_world(full) == "No more worlds here."


def test_where_the_data_lies_is_told_without_the_password() -> None:
    house = House(Settings(store="redis://user:secret@h:6379/0"), "redis://user:secret@h:6379/0")

    assert house.where == "redis://h:6379/0"
