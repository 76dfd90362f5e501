"""How many connections there may be: in all, and from one address."""

from dreamsync_server.gateway.auth import counted_as
from dreamsync_server.limits import CONNECTIONS_MAX, CONNECTIONS_PER_ADDRESS_MAX


class Admission:
    """Counts connections. An address "" is counted in all only: loopback, or a named proxy."""

    __slots__ = ("_by_address", "_in_all", "_most_by_address", "_most_in_all")

    def __init__(
        self,
        most_in_all: int = CONNECTIONS_MAX,
        most_by_address: int = CONNECTIONS_PER_ADDRESS_MAX,
    ) -> None:
        self._most_in_all = most_in_all
        self._most_by_address = most_by_address
        self._in_all = 0
        self._by_address: dict[str, int] = {}

    def enter(self, address: str) -> bool:
        """Count a connection; False, and nothing counted, where there are too many."""
        if self._in_all >= self._most_in_all or not self.add(address):
            return False
        self._in_all += 1
        return True

    def add(self, address: str) -> bool:
        """Count a connection that has entered for an address as well, once that is known."""
        if not address:
            return True
        address = counted_as(address)
        count = self._by_address.get(address, 0)
        if count >= self._most_by_address:
            return False
        self._by_address[address] = count + 1
        return True

    def leave(self, address: str) -> None:
        """Take back what `enter` counted, and `add` for the address."""
        self._in_all -= 1
        if not address:
            return
        address = counted_as(address)
        count = self._by_address[address] - 1
        if count:
            self._by_address[address] = count
        else:
            del self._by_address[address]
