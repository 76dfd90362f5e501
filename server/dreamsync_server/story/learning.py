"""Learning odds: from many rehearsed runs, which signs tell how a night will end, and how much.

A run is looked at every minute. Which of many possible signs are kept is decided by conditional
mutual information; what they weigh, by a logistic regression over all endings at once. Some runs
are kept aside, to tell how well the odds foretell nights that they were not learned from.
Source: Fleuret 2004, Fast binary feature selection with conditional mutual information.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import exp, log2
from typing import Final, NamedTuple

from dreamsync_server.limits import ODDS_POINTS_MAX
from dreamsync_server.story.bots import Bots
from dreamsync_server.story.personas import Bot, cast_of
from dreamsync_server.story.playthrough import Playthrough
from dreamsync_server.world.chance import draw
from dreamsync_server.world.memory import directed_roles
from dreamsync_server.world.model import Expr, Pack
from dreamsync_server.world.odds import NO_ENDING, ChapterOdds, Odds, Sign
from dreamsync_server.world.offers import OfferBook
from dreamsync_server.world.state import is_over
from dreamsync_server.world.trace import leaves_of

Row = tuple[int, int, int]
"""One look: which signs held, how the run ended, which run it was."""

LOOK_S: Final = 60
MINUTES_MAX: Final = 100
SIGNS: Final = 16
"""Signs a chapter, at most."""
_THRESHOLDS: Final = 6
_PARTS: Final = 4  # of a chapter, by which its time is told
_SEEN_LEAST: Final = 5  # thousandths of all states in which a sign holds, or does not
_LEARNED, _CHOSEN_BY, _TESTED = range(3)
_ASIDE: Final = 10  # one run in so many is kept aside to decide, and one to test
_STRENGTHS: Final = (0, 35, 70, 100)  # percent of what signs tell that may be believed
_BITS_LEAST: Final = 12.0
"""Bits of information, over all runs, that a sign must tell beyond the others."""
_ROUNDS: Final = 14
_PACE: Final = 0.25
_SHRINK: Final = 0.0005
_KINDS: Final = ("int", "bool", "choice")


class Look(NamedTuple):
    """One look at a run: the chapter, and a number whose bits say which signs held."""

    chapter: str
    held: int


class Learned(NamedTuple):
    """One run: how it ended, and the looks at it."""

    ending: str
    looks: tuple[Look, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sign that may be worth knowing: a condition, or a time into a chapter."""

    when: Expr | None
    after_ms: int = 0


def texts_of(pack: Pack) -> list[str]:
    """Return the conditions that may be signs: on what the pack's parts read, and their leaves."""
    parts = [
        *(beat.when for beat in pack.beats.values()),
        *(action.when for action in pack.actions.values()),
        *(law.when for law in pack.laws.values()),
        *(option.when for choice in pack.choices.values() for option in choice.options.values()),
    ]
    found: dict[str, None] = {}
    reads: dict[str, None] = {}
    for when in parts:
        if when is None:
            continue
        reads.update(dict.fromkeys(sorted(when.reads)))
        found.update((text, None) for text in _leaves(when))
    found.update((f"cued('{beat.id}')", None) for beat in pack.beats.values() if not beat.is_ending)
    for name in reads:
        found.update(dict.fromkeys(_about(pack, name)))
    return list(found)


def moments_of(pack: Pack) -> list[Candidate]:
    """Return the times into a chapter that may be signs."""
    lengths_ms = {c.curve[-1][0] * 1000 for c in pack.chapters.values() if c.curve}
    times_ms = {ms * part // _PARTS for ms in lengths_ms for part in range(1, _PARTS + 1)}
    return [Candidate(None, after_ms) for after_ms in sorted(times_ms)]


def learn_from_run(pack: Pack, candidates: Sequence[Candidate], seed: int, number: int) -> Learned:
    """Play run `number` with people of its own, and look at it every minute.

    One run in two is played by the crowd of a rehearsal, good company and bad; and one in four
    under the plain trigger list, so that more is seen than what one director does. Odds learned
    before are left aside: the same seed teaches the same.
    """
    own_seed = seed * 1_000_003 + number
    pack = replace(pack, odds=None)
    play = Playthrough(pack, own_seed, is_hashed=False)
    crowd = _crowd(pack, seed, number) if number % 2 else None
    bots = Bots(play, own_seed) if crowd is None else None
    book = OfferBook(pack)
    looks = []
    for second in range(MINUTES_MAX * 60):
        play.pass_to(second * 1000)
        if bots is not None:
            bots.act_second()
        for bot in crowd or ():
            if not is_over(play.facts):
                bot.second(play, book, second)
        play.direct_second(by_triggers=number % 4 == 3)
        if is_over(play.facts):
            break
        if second % LOOK_S == 0:
            looks.append(Look(str(play.facts["chapter"]), _held_now(play, candidates)))
    return Learned(play.ending or NO_ENDING, tuple(looks))


def odds_from(
    pack: Pack, candidates: Sequence[Candidate], runs: Sequence[Learned], seed: int
) -> Odds:
    """Return the odds that runs teach; the same runs in the same order teach the same."""
    counts = Counter(run.ending for run in runs)
    endings = [beat.id for beat in pack.beats.values() if beat.is_ending and counts[beat.id]]
    endings += [NO_ENDING] if counts[NO_ENDING] else []
    found = {}
    for chapter in pack.chapters:
        rows: tuple[list[Row], list[Row], list[Row]] = ([], [], [])
        for i, run in enumerate(runs):
            kept = {0: _TESTED, _ASIDE // 2: _CHOSEN_BY}.get(i % _ASIDE, _LEARNED)
            label = endings.index(run.ending)
            rows[kept].extend(
                (look.held, label, i) for look in run.looks if look.chapter == chapter
            )
        if rows[_LEARNED]:
            found[chapter] = _learn_chapter(candidates, rows, len(endings), seed)
    return Odds(pack.rules_hash, seed, len(runs), tuple(endings), found)


def _learn_chapter(
    candidates: Sequence[Candidate], rows: Sequence[Sequence[Row]], endings: int, seed: int
) -> ChapterOdds:
    """Learn one chapter: how much of what its signs tell is believed, other runs decide."""
    learned = rows[_LEARNED]
    picked = pick(learned, len(candidates))
    held = [(_held(one, picked), label) for one, label, _ in learned]
    base, weights = fit(held, len(picked), endings, seed)
    alone, _ = fit([((), label) for _, label in held], 0, endings, seed)
    asked = [(_held(one, picked), label) for one, label, _ in rows[_CHOSEN_BY]]
    strength = min(_STRENGTHS, key=lambda part: _bits(asked, *_mixed(alone, base, weights, part)))
    base, weights = _mixed(alone, base, weights, strength)
    kept = [j for j in range(len(picked)) if strength]
    tests = [(_held(one, picked), label) for one, label, _ in rows[_TESTED]]
    return ChapterOdds(
        states=len(learned),
        bits=(_bits(tests, base, weights), _bits([((), label) for _, label in tests], alone, ())),
        base=tuple(map(_whole, base)),
        signs=tuple(
            Sign(
                candidates[picked[j]].when,
                candidates[picked[j]].after_ms,
                sum(1 for signs, _ in held if j in signs) * 1000 // len(held),
                tuple(map(_whole, weights[j])),
            )
            for j in kept
        ),
    )


def _mixed(
    alone: Sequence[float], base: Sequence[float], weights: Sequence[Sequence[float]], percent: int
) -> tuple[list[float], list[list[float]]]:
    """Return base and weights of which only a part is believed."""
    return (
        [(a * (100 - percent) + b * percent) / 100 for a, b in zip(alone, base, strict=True)],
        [[one * percent / 100 for one in row] for row in weights],
    )


def pick(rows: Sequence[Row], width: int) -> list[int]:
    """Return the signs that tell most about the label, each for what the others do not tell.

    A run's looks are much alike, so they count together as one: what chance would tell of so many
    runs is not believed.
    """
    count = len(rows)
    whole = (1 << count) - 1
    labels = [label for _, label, _ in rows]
    classes = [sum(1 << i for i, k in enumerate(labels) if k == one) for one in sorted({*labels})]
    least = _BITS_LEAST * count / max(1, len({run for _, _, run in rows}))
    columns: dict[int, int] = {}  # column -> the first sign that has it
    for index, column in enumerate(_columns([held for held, _, _ in rows], width)):
        held = column.bit_count() * 1000
        if _SEEN_LEAST * count <= held <= (1000 - _SEEN_LEAST) * count:
            columns.setdefault(min(column, whole ^ column), index)
    signs = sorted(columns.items(), key=lambda item: item[1])
    worth = {index: _information(column, (whole,), classes, whole) for column, index in signs}
    asked = dict.fromkeys(worth, 0)  # how many of the picked ones a sign was compared with
    by_index = {index: column for column, index in signs}
    picked: list[int] = []
    while len(picked) < SIGNS and worth:
        best = -1
        for index in sorted(worth, key=lambda i: (-worth[i], i)):
            if best >= 0 and worth[index] <= worth[best]:
                break
            while asked[index] < len(picked):
                other = by_index[picked[asked[index]]]
                asked[index] += 1
                told = _information(by_index[index], (other, whole ^ other), classes, whole)
                worth[index] = min(worth[index], told)
                if best >= 0 and worth[index] <= worth[best]:
                    break
            else:
                if best < 0 or worth[index] > worth[best]:
                    best = index
        if best < 0 or worth[best] <= least:
            break
        picked.append(best)
        del worth[best]
    return picked


def fit(
    rows: Sequence[tuple[tuple[int, ...], int]], signs: int, endings: int, seed: int
) -> tuple[list[float], list[list[float]]]:
    """Return (base, weights of each sign), natural log-odds, by stochastic descent."""
    weights = [[0.0] * endings for _ in range(signs + 1)]
    steepness = [[1e-6] * endings for _ in range(signs + 1)]
    order = sorted(range(len(rows)), key=lambda i: draw(seed, "learn", i, 10**9))
    for _ in range(_ROUNDS):
        for i in order:
            held, label = rows[i]
            active = (*held, signs)
            errors = _shares([sum(weights[j][k] for j in active) for k in range(endings)])
            errors[label] -= 1
            for j in active:
                mine, steep = weights[j], steepness[j]
                for k, error in enumerate(errors):
                    slope = error + _SHRINK * mine[k]
                    steep[k] += slope * slope
                    mine[k] -= _PACE * slope / steep[k] ** 0.5
    return weights[signs], weights[:signs]


def _about(pack: Pack, name: str) -> Iterator[str]:
    """Yield conditions on one fact: at some thresholds, or for each of its values."""
    fact = pack.facts.get(name)
    if fact is None or name.startswith("director.") or fact.decl.type.kind not in _KINDS:
        return
    kind = fact.decl.type
    match kind.kind:
        case "int":
            span = kind.high - kind.low
            marks = {kind.low + max(1, span * k // _THRESHOLDS) for k in range(1, _THRESHOLDS)}
            yield from (f"{name} >= {mark}" for mark in sorted(marks) if span)
        case "bool":
            yield name
        case _:
            if not name.endswith((".scene", ".held")) and len(kind.choices) <= 2 * _THRESHOLDS:
                yield from (f"{name} == '{value}'" for value in kind.choices)


def _leaves(when: Expr) -> Iterator[str]:
    """Yield the parts of a condition that stand for themselves."""
    for leaf in leaves_of(when):
        yield when.source[slice(*leaf.span)]


def _crowd(pack: Pack, seed: int, number: int) -> list[Bot]:
    return cast_of(directed_roles(pack), seed, number, understudied_percent=10)


def _held_now(play: Playthrough, candidates: Sequence[Candidate]) -> int:
    facts = play.facts
    lasted_ms = facts.ms - int(str(facts.get("@chapter", 0)))
    bits = 0
    for index, one in enumerate(candidates):
        if one.when is not None:
            holds = one.when.run(facts, {})
        else:
            holds = lasted_ms >= one.after_ms
        bits |= bool(holds) << index
    return bits


def _columns(looks: Sequence[int], width: int) -> Iterator[int]:
    rows = [f"{look:0{width}b}" for look in reversed(looks)]
    for column in reversed(list(zip(*rows, strict=True))):
        yield int("".join(column), 2)


def _information(sign: int, given: Sequence[int], classes: Sequence[int], whole: int) -> float:
    """Return the bits that a sign tells of the class where something is known, times states."""
    told = 0.0
    for part in given:
        count = part.bit_count()
        held = (part & sign).bit_count()
        if not held or held == count:
            continue
        for one in classes:
            mine = (part & one).bit_count()
            both = (part & one & sign).bit_count()
            for joint, margin in ((both, held), (mine - both, count - held)):
                if joint:
                    told += joint * log2(joint * count / (mine * margin))
    return told


def _held(look: int, picked: Sequence[int]) -> tuple[int, ...]:
    return tuple(j for j, index in enumerate(picked) if look >> index & 1)


def _shares(points: Sequence[float]) -> list[float]:
    highest = max(points)
    powers = [exp(one - highest) for one in points]
    whole = sum(powers)
    return [power / whole for power in powers]


def _bits(
    rows: Sequence[tuple[tuple[int, ...], int]],
    base: Sequence[float],
    weights: Sequence[Sequence[float]],
) -> int:
    total = 0.0
    for held, label in rows:
        points = [base[k] + sum(weights[j][k] for j in held) for k in range(len(base))]
        total -= log2(max(1e-9, _shares(points)[label]))
    return round(100 * total / max(1, len(rows)))


def _whole(natural: float) -> int:
    return max(-ODDS_POINTS_MAX, min(ODDS_POINTS_MAX, round(100 * natural)))
