"""The cards of worlds that are opened to be measured."""

import secrets
import time

from dreamsync_server.store.port import WorldCard


def card_of(pack_id: str, pack_hash: str) -> WorldCard:
    """Return the card of a public world that spectators may watch, without understudies."""
    return WorldCard(
        secrets.token_urlsafe(9),
        pack_id,
        pack_hash,
        seed=7,
        is_private=False,
        created_ms=time.time_ns() // 1_000_000,
        has_understudies=False,
        has_spectators=True,
        speed=1000,
    )
