"""Measures of one run: what a director is judged by, taken from its commits as they come."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dreamsync_server.story.choosing import quiet_ms
from dreamsync_server.story.fairness import jain
from dreamsync_server.story.heading import sought_endings
from dreamsync_server.story.playthrough import Playthrough
from dreamsync_server.story.tension import mood_of
from dreamsync_server.world.audience import atoms_of_player, sees
from dreamsync_server.world.commit import Commit
from dreamsync_server.world.memory import directed_roles
from dreamsync_server.world.state import Facts

SAMPLE_MS: Final = 5_000
DEAD_END_MS: Final = 150_000
"""A story in which no beat came and no chapter turned for so long is at a dead end."""
_STORY_KINDS: Final = frozenset(("told", "said", "beat", "choice", "chapter", "nudge", "ending"))


@dataclass(frozen=True, slots=True)
class Measures:
    """One run. Times in seconds, tensions 0..10; `agency` None where no beat came."""

    seed: int
    ending: str
    is_sought: bool  # an ending that a director may make for, not one a failed night falls into
    minutes: float
    tension_error: float
    dull_p50_s: float
    dull_p95_s: float
    fairness: float  # Jain's index over leads; 1 is equal
    lead_gap_s: float  # the longest time that a present role was without a lead
    nudges: float  # a player-minute
    agency: float | None  # share of beats that a player's deed made possible
    dead_end: float  # share of the time at a dead end
    beats: int
    leads_by_beats: float  # Jain's index over leads of beats and choices alone
    story_gap_s: float  # the longest time without a beat or choice about a present role


class Meter:
    """Measures a playthrough whose open roles are all played. Call `look` after each second."""

    def __init__(self, play: Playthrough) -> None:
        self._play = play
        self._roles = directed_roles(play.pack)
        self._seen = len(play.commits)  # what was before is not this run's doing
        self._sampled_ms = play.world_ms
        self._moved_ms = dict.fromkeys(self._roles, play.world_ms)  # the story, for each role
        self._led_ms = dict.fromkeys(self._roles, play.world_ms)
        self._leads: Counter[str] = Counter()
        self._story_leads: Counter[str] = Counter()
        self._dull_ms: list[int] = []
        self._errors: list[int] = []
        self._possible: dict[str, bool] = {}  # beat that holds -> did a player's deed do it
        self._reading: dict[str, list[str]] = {}  # fact -> beats
        for beat in play.pack.beats.values():
            for name in sorted(beat.when.reads) if beat.when is not None else ():
                self._reading.setdefault(name, []).append(beat.id)
        self._lead_gap_ms = 0
        self._story_led_ms = dict(self._led_ms)
        self._story_gap_ms = 0
        self._nudges = 0
        self._beats: list[bool] = []
        self._dead_ms = 0

    def look(self) -> None:
        """Take in what was committed since, and sample when it is time."""
        play = self._play
        for commit in play.commits[self._seen :]:
            self._take(commit)
        self._seen = len(play.commits)
        if play.world_ms - self._sampled_ms < SAMPLE_MS:
            return
        spent_ms = play.world_ms - self._sampled_ms
        self._sampled_ms = play.world_ms
        mood = mood_of(play.pack, play.facts)
        self._errors.append(abs(mood.lack))
        for role in self._roles:
            self._dull_ms.append(play.world_ms - self._moved_ms[role])
            self._lead_gap_ms = max(self._lead_gap_ms, play.world_ms - self._led_ms[role])
            waited_ms = play.world_ms - self._story_led_ms[role]
            self._story_gap_ms = max(self._story_gap_ms, waited_ms)
        if quiet_ms(play.pack, play.facts) > DEAD_END_MS:
            self._dead_ms += spent_ms

    def result(self) -> Measures:
        """Return what was measured."""
        play = self._play
        beat = play.pack.beats.get(play.ending)
        minutes = play.world_ms / 60_000
        dull = sorted(self._dull_ms) or [0]
        return Measures(
            seed=play.seed,
            ending=play.ending,
            is_sought=beat is not None and beat in sought_endings(play.pack),
            minutes=minutes,
            tension_error=sum(self._errors) / max(1, len(self._errors)) / 10,
            dull_p50_s=dull[len(dull) // 2] / 1000,
            dull_p95_s=dull[len(dull) * 95 // 100] / 1000,
            fairness=jain([self._leads[role] for role in self._roles]),
            lead_gap_s=self._lead_gap_ms / 1000,
            nudges=self._nudges / max(1e-9, minutes * len(self._roles)),
            agency=sum(self._beats) / len(self._beats) if self._beats else None,
            dead_end=self._dead_ms / max(1, play.world_ms),
            beats=len(self._beats),
            leads_by_beats=jain([self._story_leads[role] for role in self._roles]),
            story_gap_s=self._story_gap_ms / 1000,
        )

    def _take(self, commit: Commit) -> None:
        cause = commit.cause
        if commit.outcomes and commit.outcomes[0].code != "ok":
            return
        given = dict(cause.arguments)
        is_nudge = cause.kind == "nudge" and given.get("means") not in ("hurry", "call")
        if cause.kind == "cue":
            self._cued(str(given["beat"]))
        self._nudges += is_nudge
        for name, _ in commit.changes:
            role = name.removeprefix("director.lead.")
            if role in self._led_ms and role != name:
                self._led(role, commit.world_ms, is_nudge=is_nudge)
        self._look_at_beats(commit)
        if cause.kind not in ("act", "choose"):
            self._moved(commit)
        else:
            self._moved(commit, ("choice", "chapter", "ending"))

    def _led(self, role: str, world_ms: int, *, is_nudge: bool) -> None:
        self._lead_gap_ms = max(self._lead_gap_ms, world_ms - self._led_ms[role])
        self._led_ms[role] = world_ms
        self._leads[role] += 1
        if not is_nudge:
            self._story_leads[role] += 1
            waited_ms = world_ms - self._story_led_ms[role]
            self._story_gap_ms = max(self._story_gap_ms, waited_ms)
            self._story_led_ms[role] = world_ms

    def _cued(self, beat_id: str) -> None:
        """Note whether it was a player's deed that made the beat's condition true."""
        self._beats.append(self._possible.get(beat_id, False))

    def _look_at_beats(self, commit: Commit) -> None:
        cause = commit.cause
        is_players = cause.kind in ("act", "choose") and cause.by == "player"
        beats = dict.fromkeys(b for name, _ in commit.changes for b in self._reading.get(name, ()))
        for beat_id in beats:
            when = self._play.pack.beats[beat_id].when
            if when is None or not when.run(self._play.facts, {}):
                self._possible.pop(beat_id, None)
            else:
                self._possible.setdefault(beat_id, is_players)

    def _moved(self, commit: Commit, kinds: Sequence[str] = tuple(_STORY_KINDS)) -> None:
        facts: Facts = self._play.facts
        told = [event for event in commit.events if event.kind in kinds and event.to != ("desk",)]
        for role in self._roles if told else ():
            atoms = atoms_of_player(facts, role, f"s_{role}")
            if any(sees(atoms, event.to) for event in told):
                self._moved_ms[role] = commit.world_ms
