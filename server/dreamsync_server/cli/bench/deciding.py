"""What the pure parts cost: deciding, offering, replaying a log, an understudy's turn."""

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from dreamsync_server.cli.bench.figures import Figure
from dreamsync_server.cli.bench.rig import Options
from dreamsync_server.cli.bench.turns import turns
from dreamsync_server.errors import OperatorError
from dreamsync_server.packs import load_folder
from dreamsync_server.packs.shipped import find_world
from dreamsync_server.store.codec import decode_commit, encode_commit
from dreamsync_server.story.playthrough import Playthrough
from dreamsync_server.world.commit import Moment, Proposal
from dreamsync_server.world.decide import decide
from dreamsync_server.world.evolve import evolve
from dreamsync_server.world.model import Pack
from dreamsync_server.world.offers import OfferBook
from dreamsync_server.world.state import State

ORDINARY: Final = {  # pack -> role, action, parameters: one that is open from the beginning
    "starter": ("ada", "talk", {"words": "Are you awake?"}),
    "expo": ("leo", "", {}),
}
_AIM_US: Final = 60.0
_ROUNDS: Final = 7
_YARDSTICK: Final = "dict look-ups, 1,000"


def deciding(options: Options) -> list[Figure]:
    """Measure the pure parts on the shipped packs, in this process."""
    times = options.size(400, 200, 5)
    yard = _micros(_yardstick, times)
    found = []
    for pack_id, (role, action, params) in ORDINARY.items():
        pack = load_folder(folder_of(pack_id))
        chosen = _first_open(pack, role) if not action else (action, params)
        play = Playthrough(pack, 7, has_understudies=False)
        play.join("s", role)
        given = {"action": chosen[0], "params": _plain(pack, *chosen)}
        texts = _texts(pack, *chosen)
        proposal = Proposal("act", "player", "s", 1, given, texts)
        moment = Moment(play.world_ms, play.world_ms)
        outcome = decide(pack, play.state, proposal, moment).outcomes[0]
        if outcome.code != "ok":
            raise OperatorError(f"bench: {pack_id} refuses {chosen[0]}: {outcome.code}")
        decided = _micros(partial(decide, pack, play.state, proposal, moment), times)
        book = OfferBook(pack)
        offered = _micros(partial(book.offered, play.facts, role), times)
        found += [
            Figure(f"decide, {pack_id}: {chosen[0]}", "µs", decided, min(yard), _YARDSTICK,
                   aim=_AIM_US),
            Figure(f"offers, {pack_id}: all of {role}", "µs", offered, min(yard), _YARDSTICK,
                   note=f"{len(book.offered(play.facts, role))} offered"),
        ]  # fmt: skip
    return [*found, _replaying(options), *turns(options)]


def _replaying(options: Options) -> Figure:
    """Play a night of the starter world by its understudies, then read its log back."""
    play = Playthrough(load_folder(folder_of("starter")), 7, has_understudies=False)
    play.join("s", "ada")
    while len(play.commits) < options.size(2000, 1000, 20):
        play.pass_ms(10)
        play.act("s", "talk", words="Are you awake?")
    raws = [encode_commit(commit) for commit in play.commits]

    def replay() -> None:
        state = State(play.pack)
        for raw in raws:
            evolve(state, decode_commit(raw)[0])

    def decode() -> None:
        for raw in raws:
            decode_commit(raw)

    per_s = tuple(len(raws) / (us / 1e6) for us in _micros(replay, 1))
    bare = max(len(raws) / (us / 1e6) for us in _micros(decode, 1))
    return Figure("replay", "commits/s", per_s, bare, "decoding alone",
                  note="decode, apply, check the digest")  # fmt: skip


def folder_of(pack_id: str) -> Path:
    """Return the folder of a shipped pack.

    Raises:
        OperatorError: it is not there.
    """
    folder = find_world(pack_id)
    if folder is None:
        raise OperatorError(f"the pack {pack_id} is not there")
    return folder


def _micros(work: Callable[[], object], times: int) -> tuple[float, ...]:
    """Return the CPU µs a call takes, in rounds of so many calls."""
    found = []
    for _ in range(_ROUNDS):
        start_ns = time.process_time_ns()
        for _ in range(times):
            work()
        found.append((time.process_time_ns() - start_ns) / times / 1000)
    return tuple(found)


def _yardstick() -> int:
    """A fixed piece of work, to tell a slow machine from slow code."""
    table = {"a": 1}
    total = 0
    for _ in range(1000):
        total += table["a"]
    return total


def _first_open(pack: Pack, role: str) -> tuple[str, dict[str, object]]:
    """Return the first action offered to a role at the beginning that takes no parameters and
    has a condition, or at least no parameters."""
    play = Playthrough(pack, 7, has_understudies=False)
    play.join("s", role)
    open_now = [
        offer for offer in OfferBook(pack).offered(play.facts, role)
        if offer.refusal is None and not offer.params and not offer.is_veiled
    ]  # fmt: skip
    with_condition = [o for o in open_now if pack.actions[o.action].when is not None]
    return (with_condition or open_now)[0].action, {}


def _plain(pack: Pack, action: str, params: dict[str, object]) -> dict[str, object]:
    free = {p.name for p in pack.actions[action].params if p.is_free_text}
    return {name: value for name, value in params.items() if name not in free}


def _texts(pack: Pack, action: str, params: dict[str, object]) -> dict[str, tuple[str, str]]:
    free = {p.name for p in pack.actions[action].params if p.is_free_text}
    return {name: ("salt", str(value)) for name, value in params.items() if name in free}
