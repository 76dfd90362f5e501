"""`dreamsync erase`: a person's words out of a world, and out of every world branched from it."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dreamsync_server.cli.called import own_command
from dreamsync_server.cli.stored import Found, url_of, world_in
from dreamsync_server.cli.telling import clock_of, print_json
from dreamsync_server.errors import OperatorError, StoreError, WorldFaultError
from dreamsync_server.limits import LOG_PAGE
from dreamsync_server.store.port import Store, WorldCard
from dreamsync_server.store.rewriting import rewrite
from dreamsync_server.world.branching import origin_of
from dreamsync_server.world.commit import Proposal
from dreamsync_server.world.erasing import ERASED, REFS_MAX
from dreamsync_server.world.state import State
from dreamsync_server.world.written import refs_in

ERASE_S: Final = 20.0  # for a node to wake the world and decide
_LOOK_S: Final = 0.1


@dataclass(frozen=True, slots=True)
class Came:
    """A session that came into a world, when, and the name it gave."""

    session: str
    name: str
    seq: int
    world_ms: int


async def erase(
    world: str, person: str, store: str, data: Path, *, is_all: bool = False, is_json: bool = False
) -> int:
    """Erase the texts and names of a session, or of all sessions that came under a name.

    Raises:
        OperatorError: nobody is meant, or several are; or no node answers.
    """
    async with world_in(store, data, world) as found:
        came = await sessions_of(found, person)
        if not came:
            raise OperatorError(
                f"nobody came into this world as {person!r}, by name or session, or it is erased"
            )
        if len(came) > 1 and not is_all:
            several = "".join(f"\n  {one.session}  at {clock_of(one.world_ms)}" for one in came)
            raise OperatorError(
                f"{len(came)} sessions came as {person!r}: name one, or take --all{several}"
            )
        sessions = [one.session for one in came]
        told = await _erase_everywhere(found, sessions)
        origin = await _origin_with(found, came)
    is_rewritten = not store and await rewrite(url_of(store, data))
    if is_json:
        print_json({"ok": True, "sessions": sessions, "erased": told, "rewritten": is_rewritten,
                    "origin": origin})  # fmt: skip
        return 0
    for name, count in told.items():
        print(f"{name}: {count} text{'' if count == 1 else 's'} erased.")
    print("Every digest still comes out. Files that were exported before still hold them"
          + ("." if is_rewritten else ", and the store's append-only file does until it is next"
             " rewritten (BGREWRITEAOF does so at once)."))  # fmt: skip
    if origin:
        print(f"This world began as {origin} was, which holds what was written there: "
              + _again(origin, sessions))  # fmt: skip
    return 0


async def _erase_everywhere(found: Found, sessions: list[str]) -> dict[str, int]:
    """Erase sessions' texts in a world and all its branches; return how many by world.

    Raises:
        OperatorError: it is not done in all of them. Names are gone by then: it says how to go on.
    """
    told, faults = {}, []
    for card in [found.card, *await branches_of(found.store, found.card.world)]:
        try:
            told[card.world] = await erase_in(found, card, sessions)
        except (OperatorError, StoreError, WorldFaultError) as error:
            faults.append(f"{card.world}: {error}")
    if faults:
        raise OperatorError(
            f"not all is erased; {'; '.join(faults)}. Ask again by session, since the name may be"
            f" gone: {_again(found.card.world, sessions)}"
        )
    return told


async def _origin_with(found: Found, came: list[Came]) -> str:
    """Return the world that this one was branched from if they were there by then, else ""."""
    parted = origin_of((await found.state()).facts)
    if parted is None or all(one.seq > parted[1] for one in came):
        return ""
    return parted[0] if await found.store.card(parted[0]) is not None else ""


def _again(world: str, sessions: list[str]) -> str:
    return " && ".join(f"{own_command()} erase {world} {session}" for session in sessions)


async def sessions_of(found: Found, person: str) -> list[Came]:
    """Return the sessions that are of this id, or came under this name, in order."""
    came, after = [], 0
    while page := await found.store.read(found.card.world, after, None, LOG_PAGE):
        for commit in page:
            if commit.cause.kind != "join" or any(one.code != "ok" for one in commit.outcomes):
                continue
            seq = commit.position.seq
            name = commit.texts.get(f"{seq}.name", ("", "", ""))[2]
            if person in (commit.cause.session, name):
                came.append(Came(commit.cause.session, name, seq, commit.world_ms))
        after = page[-1].position.seq
    return list({one.session: one for one in reversed(came)}.values())[::-1]


async def branches_of(store: Store, world: str) -> list[WorldCard]:
    """Return the worlds that go on from a world, and those that go on from them."""
    cards, found = await store.worlds(), [world]
    branches = []
    for origin in found:
        for card in cards:
            if card.origin == origin and card.world not in found:
                found.append(card.world)
                branches.append(card)
    return branches


async def erase_in(found: Found, card: WorldCard, sessions: list[str]) -> int:
    """Erase sessions' texts in one world; return how many were.

    Raises:
        OperatorError: no node took it up in time; the texts themselves are gone from the store.
    """
    store, world, count = found.store, card.world, 0
    here = Found(store, card, found.pack, found.opened_with, found.load_pack)
    for session in sessions:
        state = await here.state()
        refs = refs_in(state.facts)
        written = await store.texts(world, refs) if refs else {}
        mine = tuple(ref for ref, (author, _, _) in written.items() if author == session)
        count += await store.erase_texts(world, session)
        given = {"session": session, "refs": mine[:REFS_MAX]}
        if not await store.propose(world, Proposal("erase", "owner", arguments=given)):
            raise OperatorError(f"too much waits to be decided in {world}: try again")
        held = await store.held(world)
        if held is None or not held.node:
            continue  # nobody has it open: it forgets as soon as somebody has
        state = await _decided(here, state, f"{ERASED}{session}")
        count += await store.erase_texts(world, session)
        consumed = str(state.facts.get("@inbox", ""))
        if consumed:
            await store.trim_inbox(world, consumed)
    return count


async def _decided(here: Found, before: State, fact: str) -> State:
    known = before.facts.get(fact)
    try:
        async with asyncio.timeout(ERASE_S):
            while True:
                state = await here.state()
                if state.facts.get(fact) != known:
                    return state
                await asyncio.sleep(_LOOK_S)
    except TimeoutError:
        raise OperatorError(
            "the texts are gone from the store, but no node has forgotten them yet: each does as"
            f" soon as it can, and at once where one runs ({own_command()} serve)"
        ) from None
