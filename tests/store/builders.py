"""Short ways to say a commit, a batch, a card or a proposal in the store's tests."""

from collections.abc import Mapping

from dreamsync_server.store.port import Batch, Ownership, WorldCard
from dreamsync_server.world.commit import (
    Cause,
    Change,
    Commit,
    Event,
    Outcome,
    Position,
    Proposal,
)
from dreamsync_server.world.values import Drift, TextRef


def commit(
    epoch: int,
    seq: int,
    *,
    texts: Mapping[str, tuple[str, str, str]] | None = None,
    cursor: str = "",
    filling: str = "",
) -> Commit:
    """Return a commit with something of every kind in it; `filling` makes it longer."""
    return Commit(
        Position(epoch, seq),
        world_ms=seq * 10,
        at_ms=1_700_000_000_000 + seq,
        cause=Cause(
            "act",
            "player",
            "s_mia",
            seq,
            arguments=(("action", "whisper_to"), ("text", TextRef(f"t{seq}", "0123456789abcdef"))),
        ),
        outcomes=(Outcome("s_mia", seq, "condition", (("leaf", "me.warmth >= 2"),)),),
        changes=(
            Change("mia.warmth", Drift(fine=seq, rate=-4, since_ms=10, low=0, high=10)),
            Change("evidence.kinds", ("memo", "scan")),
            Change("mia.open", True),
            Change("mia.ritual", TextRef(f"t{seq}", "0123456789abcdef")),
            Change("@session.gone", None),
        ),
        events=(Event("said", ("role:leo", "role:mia"), "mia", filling, (("count", 3),)),),
        digest=2**64 - seq,
        cursor=cursor,
        texts=texts or {},
    )


def batch(owner: Ownership, count: int = 1, *, name: str = "", filling: str = "") -> Batch:
    """Return the next `count` commits of an owner."""
    commits = [commit(owner.epoch, owner.tail + 1 + i, filling=filling) for i in range(count)]
    return Batch(owner, name or f"{owner.nonce}.{owner.tail}", commits)


def card(world: str, *, created_ms: int = 1, code_hash: str = "") -> WorldCard:
    """Return a world's card."""
    return WorldCard(world, "expo", "f" * 64, 7, True, created_ms, code_hash=code_hash)


def proposal(n: int = 1) -> Proposal:
    """Return a player's proposal with a free text."""
    return Proposal(
        "act",
        "player",
        "s_mia",
        n,
        {"action": "whisper_to", "params": {"who": "leo"}},
        {"text": ("salt", "now?")},
    )
