"""What can be measured, by name, and the command that does it."""

import os
import platform
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from dreamsync_server.cli.bench.acks import acks
from dreamsync_server.cli.bench.crowd import LoadError
from dreamsync_server.cli.bench.deciding import deciding
from dreamsync_server.cli.bench.drain import drain
from dreamsync_server.cli.bench.fanout import fanout
from dreamsync_server.cli.bench.figures import Figure, print_table
from dreamsync_server.cli.bench.floods import floods
from dreamsync_server.cli.bench.hall import hall
from dreamsync_server.cli.bench.idle import idle
from dreamsync_server.cli.bench.nodes import nodes
from dreamsync_server.cli.bench.restart import restart
from dreamsync_server.cli.bench.rig import Options
from dreamsync_server.cli.telling import FAILED, fail, print_json
from dreamsync_server.errors import OperatorError
from dreamsync_server.gateway.listener import room_for_sockets

MEASUREMENTS: Final[Mapping[str, Callable[[Options], list[Figure]]]] = {
    "fanout": fanout,
    "acks": acks,
    "idle": idle,
    "deciding": deciding,
    "restart": restart,
    "floods": floods,
    "hall": hall,
    "nodes": nodes,
    "drain": drain,
}
_SOCKETS: Final = 8_000


def bench(names: Iterable[str], options: Options, *, is_json: bool = False) -> int:
    """Measure what is named, or everything; print a table or JSON. Return the exit code.

    That an aim is missed is a finding and no failure; 1 means that something was not measured.

    Raises:
        OperatorError: there is no such measurement.
    """
    chosen = list(names) or list(MEASUREMENTS)
    unknown = [name for name in chosen if name not in MEASUREMENTS]
    if unknown:
        raise OperatorError(f"there is no {unknown[0]}: choose of {', '.join(MEASUREMENTS)}")
    room_for_sockets(_SOCKETS)
    found: dict[str, list[Figure]] = {}
    code = 0
    for name in chosen:
        start_s = time.perf_counter()
        try:
            found[name] = MEASUREMENTS[name](options)
        except (LoadError, OSError, TimeoutError) as error:
            code = fail("not_measured", f"{name} could not be measured: {error}")
            continue
        if not is_json:
            print_table(found[name], title=f"{name} ({time.perf_counter() - start_s:.0f} s)")
    if is_json:
        plain = {name: [figure.plain() for figure in figures] for name, figures in found.items()}
        print_json({"machine": machine(), "measured": plain})
    return FAILED if code else 0


def machine() -> dict[str, Any]:
    """Return what the figures were found on."""
    return {
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 2),
    }
