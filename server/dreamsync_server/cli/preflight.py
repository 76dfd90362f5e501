"""What `serve` looks at before it touches anything: settings that cannot be meant."""

import re
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from dreamsync_server.errors import OperatorError
from dreamsync_server.gateway.auth import Trust
from dreamsync_server.gateway.listener import open_sockets, tls_context
from dreamsync_server.packs.shipped import list_worlds
from dreamsync_server.settings import Settings

_ADDRESS: Final = re.compile(r"https?://([A-Za-z0-9._-]+|\[[0-9a-fA-F:.]+\])(:[0-9]{1,5})?/?\Z")


def checked(settings: Settings) -> Settings:
    """Return settings that can be served by, with a free port in the place of 0.

    Raises:
        OperatorError: something in them cannot be used, or something else listens there.
    """
    if not settings.host:
        raise OperatorError("--host is empty: 127.0.0.1 is for this machine, 0.0.0.0 for all")
    if not settings.store and not settings.data:
        raise OperatorError("--data is empty: name a folder for the data")
    tls_context(settings.tls_cert, settings.tls_key)
    Trust(proxies=settings.trusted_proxies, origins=settings.allow_origins)
    if settings.address and not _ADDRESS.match(settings.address):
        raise OperatorError(f"--address looks like https://play.example, not {settings.address!r}")
    _look_for_packs(settings)
    sockets = open_sockets(settings.host, settings.port)
    port = sockets[0].getsockname()[1]
    for each in sockets:
        each.close()
    return settings.model_copy(update={"port": port})


def _look_for_packs(settings: Settings) -> None:
    extra = Path(settings.worlds) if settings.worlds else None
    if extra is not None and not extra.is_dir():
        raise OperatorError(f"there is no folder {extra} (--worlds)")
    known = list_worlds(extra)
    wanted = settings.public_pack
    if wanted and wanted not in known:
        close = get_close_matches(wanted, known, n=1)
        meant = f"; did you mean {close[0]}?" if close else ""
        raise OperatorError(
            f"there is no pack {wanted!r} (--public): there are {', '.join(known)}{meant}"
            + ("" if extra else "; one of your own needs its folder by --worlds")
        )
