"""The set of worlds that a listener follows: it may change while doorbells are awaited."""

from collections.abc import Callable, Iterable, Iterator


class Listening:
    """World ids, in the order they were added. Its owner changes it, one store's `listen` reads it.

    `watch` is for stores: what is given to it is called after every change.
    """

    def __init__(self, worlds: Iterable[str] = ()) -> None:
        self._worlds = dict.fromkeys(worlds)
        self._watchers: list[Callable[[str, bool], None]] = []

    def add(self, world: str) -> None:
        """Follow a world too; bells of it come soon after."""
        if world not in self._worlds:
            self._worlds[world] = None
            self._tell(world, True)

    def discard(self, world: str) -> None:
        """Follow it no longer."""
        if world in self._worlds:
            del self._worlds[world]
            self._tell(world, False)

    def __contains__(self, world: str) -> bool:
        return world in self._worlds

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._worlds))

    def __len__(self) -> int:
        return len(self._worlds)

    def watch(self, watcher: Callable[[str, bool], None]) -> Callable[[], None]:
        """Call `watcher(world, is_added)` after each change, until what is returned is called."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def _tell(self, world: str, is_added: bool) -> None:
        for watcher in tuple(self._watchers):
            watcher(world, is_added)
