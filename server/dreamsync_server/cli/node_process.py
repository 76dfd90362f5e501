"""The node process: a host that owns worlds and a gateway that speaks to clients, in one loop.

Started by the supervisor with its settings as JSON; ends on SIGTERM after handing its worlds over.
"""

import sys

from dreamsync_server.cli.assembly import open_node
from dreamsync_server.cli.child import ChildSettings, run_child, told_to_stop


async def run(settings: ChildSettings) -> None:
    """Serve until SIGTERM."""
    is_told = told_to_stop()
    async with open_node(settings):
        await is_told.wait()


if __name__ == "__main__":
    sys.exit(run_child(sys.argv[1:], run))
