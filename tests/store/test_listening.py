"""A listener's set of worlds tells those who watch it what changed."""

from dreamsync_server.store.listening import Listening


def test_it_keeps_its_worlds_in_the_order_they_came() -> None:
    worlds = Listening(["b", "a"])
    worlds.add("c")
    worlds.add("a")
    worlds.discard("b")
    worlds.discard("nowhere")

    assert list(worlds) == ["a", "c"]
    assert len(worlds) == 2
    assert "c" in worlds
    assert "b" not in worlds


def test_a_watcher_hears_of_changes_only_and_until_it_stops() -> None:
    heard: list[tuple[str, bool]] = []
    worlds = Listening(["a"])
    stop = worlds.watch(lambda world, is_added: heard.append((world, is_added)))

    worlds.add("a")
    worlds.add("b")
    worlds.discard("a")
    stop()
    worlds.discard("b")

    assert heard == [("b", True), ("a", False)]


def test_it_may_change_while_it_is_gone_through() -> None:
    worlds = Listening(["a", "b"])

    for world in worlds:
        worlds.discard(world)

    assert list(worlds) == []
