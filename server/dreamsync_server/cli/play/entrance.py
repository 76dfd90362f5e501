"""The way in: which world, which role, what name. Asks for what was not said."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import dreamsync
from dreamsync.protocol.cards import RoleCard, WorldCard
from dreamsync_server.cli.called import own_command
from dreamsync_server.cli.links import Link
from dreamsync_server.cli.play.story import printable
from dreamsync_server.errors import OperatorError

ReadLine = Callable[[], Awaitable[str | None]]
Write = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Entrance:
    """Asks a person by `read` and `write`."""

    dream: dreamsync.Dream
    read: ReadLine
    write: Write

    async def come_in(self, link: Link, code: str, role: str, name: str) -> dreamsync.Player:
        """Enter a world and take a role in it; what is "" is asked for.

        Raises:
            OperatorError: there is no world or role to be had, or nobody answered.
            RefusedError: the world is not open to us.
        """
        card, invite = await self._world(link, code)
        if card.state == "ended":
            raise OperatorError(
                f"the story of {card.title!r} has ended: {own_command()} worlds lists more"
            )
        wanted = await self._role(card, role)
        shown = name or printable(await self._ask("Your name, as others see it?"))
        return await self.dream.enter(card.id, role=wanted, name=shown or None, invite=invite)

    async def _world(self, link: Link, code: str) -> tuple[WorldCard, str | None]:
        if code:
            return await self.dream.card(code=code), code
        if link.world:
            invite = link.invite or None
            return await self.dream.card(link.world, invite=invite), invite
        worlds = [world for world in await self.dream.worlds() if world.state != "ended"]
        if not worlds:
            raise OperatorError(
                f"no public world is open there: open one with {own_command()} open PACK,"
                " or follow a link"
            )
        if len(worlds) == 1:
            return await self.dream.card(worlds[0].id), None
        names = [f"{world.title} ({world.state}, {world.people} there)" for world in worlds]
        picked = worlds[await self._pick("Which world?", names)]
        return await self.dream.card(picked.id), None

    async def _role(self, card: WorldCard, role: str) -> str:
        if role:
            known = {one.id: one.id for one in card.roles}
            known |= {one.name.lower(): one.id for one in card.roles}
            found = known.get(role) or known.get(role.lower())
            if found is None:
                names = ", ".join(one.id for one in card.roles)
                raise OperatorError(f"there is no role {role!r} to play here: it has {names}")
            return found
        free = [one for one in card.roles if is_free(one)]
        if not free:
            raise OperatorError(f"every role of {card.title!r} is taken")
        self.write(f"{card.title}\n{card.about}" if card.about else card.title)
        lines = [printable(f"{one.name}: {one.about}" if one.about else one.name) for one in free]
        return free[await self._pick("Whom do you play?", lines)].id

    async def _pick(self, question: str, names: Sequence[str]) -> int:
        lines = [f"{number:>2}  {printable(name)}" for number, name in enumerate(names, 1)]
        self.write("\n".join(lines))
        while True:
            answer = (await self._ask(question)).strip()
            if answer.isdecimal() and 1 <= int(answer[:6]) <= len(names):
                return int(answer) - 1
            self.write(f"Type a number from 1 to {len(names)}.")

    async def _ask(self, question: str) -> str:
        self.write(question)
        answer = await self.read()
        if answer is None:
            raise OperatorError(
                "nobody answers: say --role and --name, and name the world by its link or --code"
            )
        return answer


def is_free(role: RoleCard) -> bool:
    """Return whether a role can be taken: no player holds it, or a chorus has a seat left."""
    return role.free > 0 if role.seats else role.held != "player"
