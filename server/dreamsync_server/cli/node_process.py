"""The node process: a host that owns worlds and a gateway that speaks to clients, in one loop.

Started by the supervisor with its settings as JSON; ends on SIGTERM, or when it is told to drain,
after handing its worlds over and sending its clients to other nodes.
"""

import sys

from dreamsync_server.cli.assembly import open_node
from dreamsync_server.cli.child import ChildSettings, run_child, told_to_stop


async def run(settings: ChildSettings) -> None:
    """Serve until SIGTERM."""
    is_told = told_to_stop()
    async with open_node(settings) as node:
        node.host.handing.on_drain = is_told.set
        await is_told.wait()
        await node.drain()


if __name__ == "__main__":
    sys.exit(run_child(sys.argv[1:], run))
