"""A bot that plays a role by choosing anything it may do: python bot_player.py URL WORLD ROLE.

It sees and may do just what a person in that role does. Give the invite of a private world as a
fourth argument.
"""

import asyncio
import random
import sys

import dreamsync
from dreamsync.protocol.cards import ActionOffer, ParamOffer

TURN_S = 2.0
TURNS = 200


def fill(param: ParamOffer, dice: random.Random) -> bool | int | str:
    """Return a value that the parameter's offer allows."""
    match param.type:
        case "choice":
            return dice.choice(param.choices).id
        case "int":
            return dice.randint(param.low or 0, param.high or 0)
        case "bool":
            return dice.random() < 0.5
        case _:
            return "…"[: param.size or 0]


def can_be_done(offer: ActionOffer) -> bool:
    """Return whether an offer is ready and has something to choose wherever it asks."""
    return offer.is_ready and all(p.choices or p.type != "choice" for p in offer.params)


async def play(bot: dreamsync.Player, dice: random.Random, turns: int, turn_s: float) -> None:
    """Take turns until the world ends."""
    for _ in range(turns):
        for event in bot.new_events():
            print(f"{event.who_name or '*'}: {event.text}")
        if bot.is_over or bot.facts.get("ending"):
            return
        for choice in bot.choices:
            await bot.choose(choice.id, dice.choice(choice.options).id)
        offers = [offer for offer in bot.actions() if can_be_done(offer)]
        if offers and bot.is_running:
            offer = dice.choice(offers)
            params = {param.name: fill(param, dice) for param in offer.params}
            outcome = await bot.act(offer.id, **params)
            print(f"  {offer.label} -> {outcome.text or outcome.code}")
        await asyncio.sleep(turn_s)


async def main(
    url: str,
    world: str,
    role: str,
    invite: str | None = None,
    turns: int = TURNS,
    turn_s: float = TURN_S,
) -> None:
    """Enter, play, leave."""
    async with dreamsync.connect(url) as dream:
        bot = await dream.enter(world, role=role, name=f"bot {role}", invite=invite)
        try:
            await play(bot, random.Random(), turns, turn_s)
        except dreamsync.ClosedError as error:
            print(error.text)
        finally:
            await bot.leave()


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    address, world_id, role_id, *rest = sys.argv[1:]
    try:
        asyncio.run(main(address, world_id, role_id, rest[0] if rest else None))
    except KeyboardInterrupt:
        pass
    except dreamsync.DreamsyncError as error:
        sys.exit(error.text)
