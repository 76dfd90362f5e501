"""What a turn of an understudy costs: a rehearsal plays millions of them."""

import time
from typing import Final

from dreamsync_server.cli.bench.figures import Figure
from dreamsync_server.cli.bench.rig import Options
from dreamsync_server.packs import load_folder
from dreamsync_server.packs.shipped import find_world
from dreamsync_server.story.playthrough import TERM, Playthrough
from dreamsync_server.story.understudy import proposal_of, understudied_seats, what_to_do
from dreamsync_server.world.model import Pack
from dreamsync_server.world.offers import OfferBook
from dreamsync_server.world.state import is_over

PACKS: Final = ("starter", "expo")
_AIM_US: Final = 200.0  # 5,000 turns a second
_ROUNDS: Final = 5
_SECONDS_MAX: Final = 3600


def turns(options: Options) -> list[Figure]:
    """Measure an understudy's turn on shipped packs, in this process: choose, decide, apply."""
    found = []
    for pack_id in PACKS:
        folder = find_world(pack_id)
        assert folder is not None, "a shipped pack is there"
        pack = load_folder(folder)
        count = options.size(4_000, 1_500, 20)
        values = tuple(_micros(pack, seed, count) for seed in range(options.size(_ROUNDS, 3, 1)))
        per_s = round(1e6 / sorted(values)[len(values) // 2])
        note = f"{per_s:,} turns a second a core"
        found.append(Figure(f"understudy's turn, {pack_id}", "µs", values, aim=_AIM_US, note=note))
    return found


def _micros(pack: Pack, seed: int, count: int) -> float:
    """Return the CPU µs of a turn where understudies play so many, in as many worlds as it takes.

    Looks that end in doing nothing are part of it.
    """
    book, done, spent_ns = OfferBook(pack), 0, 0
    while done < count:
        play = Playthrough(pack, seed + done, is_hashed=False)
        start_ns = time.process_time_ns()
        for second in range(_SECONDS_MAX):
            if done >= count or is_over(play.facts):
                break
            play.pass_to(second * 1000)
            done += _second(play, book, second)
        spent_ns += time.process_time_ns() - start_ns
    return spent_ns / done / 1000


def _second(play: Playthrough, book: OfferBook, second: int) -> int:
    """Let every understudy have its look; return how many acted."""
    count = 0
    for seat in understudied_seats(play.pack, play.facts):
        todo = what_to_do(play.pack, book, play.facts, seat.seat, second)
        if todo is not None and not is_over(play.facts):
            play.direct(proposal_of(todo, seat, TERM, 0))
            count += 1
    return count
