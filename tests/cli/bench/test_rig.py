"""The process that is measured: it does what it is told and ends with who started it."""

from pathlib import Path

from dreamsync_server.cli.bench.rig import Options, open_rig


def test_a_gallery_shows_to_all_in_a_world_what_is_rung(tmp_path: Path) -> None:
    with open_rig("gallery", Options(is_tiny=True, folder=tmp_path)) as rig:
        (world,) = rig.open(1)
        people = rig.fill(world, 6, scenes=("room.b", "room.c"))
        seen: dict[str, list[str]] = {client.session: [] for client in people}
        for client in people:
            client.heard = lambda c, message: seen[c.session].extend(
                event["key"] for event in message.get("events", ())
            )
        fed = rig.tell("feed", seconds=0.2, hz=20)
        rig.crowd.until(lambda: all(len(keys) == 4 for keys in seen.values()), "the bell", 10)
        assert fed["messages"] > 0
        assert [keys[0] for keys in seen.values()] == [
            "rung.b", "rung.c", "rung.a", "rung.b", "rung.c", "rung.a",
        ]  # fmt: skip


def test_a_node_says_what_it_used_and_its_loop_may_be_chosen(tmp_path: Path) -> None:
    with open_rig("node", Options(is_tiny=True, is_fast=False, folder=tmp_path)) as rig:
        assert rig.loop == "asyncio"
        (world,) = rig.open(1)
        before = rig.mark()
        (one,) = rig.fill(world, 1, role="one")
        rig.crowd.do([one], "work")
        used = rig.since(before)
        assert used["cpu_s"] > 0
        assert used["messages"] >= 3  # welcome, entered, the outcome
        bare = rig.tell("bare", seconds=0.2, hz=20, bytes=200)
        assert bare["messages"] == 4
        assert rig.tell("memory")["rss_kib"] > 1000
