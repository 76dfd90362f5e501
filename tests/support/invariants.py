"""What must be true of a world whatever failed: checked from its log and from what clients saw.

Pure: plain values in, faults out, so that simulation, fault runs and end-to-end tests judge alike.
`check_world` goes over the log once, rebuilds the state from it, looks at each commit with the
eyes of every client (through the views that the gate uses), and compares.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple

from dreamsync.events import Event as Heard
from dreamsync.outcome import Outcome
from dreamsync.protocol import server_messages as wire
from dreamsync_server.errors import WorldFaultError
from dreamsync_server.gateway.gate import JUDGE, Gate, atoms_of
from dreamsync_server.gateway.views import ClassIndex, Eyes, Fold, events_for
from dreamsync_server.world.commit import Commit, Event
from dreamsync_server.world.evolve import evolve
from dreamsync_server.world.model import Pack
from dreamsync_server.world.sessions import session_of
from dreamsync_server.world.state import State
from dreamsync_server.world.values import TextRef, digest_hex, hash_text
from support.recaps import SeatsHeard

Kind = Literal["log", "lost", "doubled", "order", "cue", "digest", "beyond", "events", "leak"]
_NOT_DECIDED: Final = ("gap", "retired", "stale", "stale_term", "stale_tenure")


class Fault(NamedTuple):
    """Something that is not as it must be. `kind` is what the table of a campaign counts."""

    kind: Kind
    text: str


@dataclass(slots=True)
class Told:
    """A message about a world that reached a client. `tick` orders it among confirmations."""

    message: wire.Entered | wire.Reset | wire.View | wire.Quiet
    tick: int = 0

    @property
    def position(self) -> tuple[int, int]:
        """The position it stands for."""
        match self.message:
            case wire.Entered() | wire.Reset():
                return self.message.position
            case _:
                return self.message.pos


@dataclass(slots=True)
class Asked:
    """One act or choice that a program asked for; `outcome` None where it never learned it."""

    do: str
    given: Mapping[str, Any]
    outcome: Outcome | None = None


@dataclass(slots=True)
class Record:
    """All that is known of one client's time in a world.

    `told` is what was sent to it, in order, on all its lines; `heard` what its SDK handed out;
    `position` where its SDK stood at the end; `written` the marked texts that it wrote; `marks`
    those that came to it in any byte.
    """

    name: str
    kind: str
    session: str = ""
    told: list[Told] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    position: tuple[int, int] = (0, 0)
    mismatches: int = 0
    marks: frozenset[str] = frozenset()
    may_jump: bool = False  # whether a snapshot in place of events is as it should be


class Decision(NamedTuple):
    """What became of one numbered proposal: where it stands and how it was decided."""

    seq: int
    code: str
    commit: Commit


@dataclass
class History:
    """What a log says, gathered while it was checked."""

    faults: list[Fault] = field(default_factory=list)
    decisions: dict[tuple[str, int, int], Decision] = field(
        default_factory=dict
    )  # session, term, n
    acked: int = 0
    repeats: int = 0  # proposals that came again and were answered as before

    def note(self, kind: Kind, text: str) -> None:
        """Note a fault."""
        self.faults.append(Fault(kind, text))

    def count(self, *kinds: Kind) -> int:
        """Return how many faults of some kinds there are."""
        return sum(1 for fault in self.faults if fault.kind in kinds)


def check_world(
    pack: Pack,
    commits: Sequence[Commit],
    records: Sequence[Record] = (),
    confirmed: Sequence[tuple[int, int]] = (),
    marked: str = "",
) -> History:
    """Check a world's whole log, and every client's record against it.

    `confirmed` are (tick, tail) as appends were confirmed, rising. `marked` is what the marked
    texts of people begin with; of those each client may have only what it was shown.
    """
    history = History()
    walk = _Walk(pack, records, history, marked)
    for commit in commits:
        if not walk.step(commit):
            return history
    for look in walk.looks:
        look.check(history, confirmed)
    return history


def check_appends(epochs: Iterable[tuple[str, int, str]]) -> list[Fault]:
    """Check (world, epoch, nonce) of confirmed appends: an epoch has one nonce."""
    found: dict[tuple[str, int], set[str]] = {}
    for world, epoch, nonce in epochs:
        found.setdefault((world, epoch), set()).add(nonce)
    return [
        Fault("log", f"world {world}: epoch {epoch} was written under {len(nonces)} nonces")
        for (world, epoch), nonces in found.items()
        if len(nonces) > 1
    ]


class _Walk:
    """One pass over a log."""

    def __init__(
        self, pack: Pack, records: Sequence[Record], history: History, marked: str
    ) -> None:
        self.state = State(pack)
        self.index = ClassIndex(pack, self.state.facts)
        self.texts: dict[str, str] = {}
        self.heard = SeatsHeard()
        self.gate = Gate(pack, "en", self.texts)
        self.looks = [_Look(self, record) for record in records]
        self.pack = pack
        self._history = history
        self._marked = marked
        self._text_facts: dict[str, TextRef] = {}

    def step(self, commit: Commit) -> bool:
        """Take in one commit; False where the log cannot be read on."""
        note, before = self._history.note, self.state.position
        is_first = before.seq == 0
        if commit.position.epoch != before.epoch:
            if commit.cause.kind != ("open" if is_first else "begin"):
                note("log", f"{commit.position} begins an epoch with {commit.cause.kind}")
        elif commit.cause.kind in ("open", "begin"):
            note("log", f"{commit.position} is a second {commit.cause.kind} of its epoch")
        numbers = {o.session: _n_of(self.state, o.session) for o in commit.outcomes}
        cued = self._cued(commit)
        try:
            undo = evolve(self.state, commit)
        except WorldFaultError as error:
            note("log", f"replay stops at {commit.position}: {error}")
            return False
        self.index.follow(self.state, undo)
        self.texts.update({ref: text for ref, (_, _, text) in commit.texts.items()})
        self.heard.step(commit, self.state.facts, self.texts)
        self._check_numbers(commit, numbers)
        self._check_cue(commit, cued)
        for change in commit.changes:
            if type(change.value) is TextRef:
                self._text_facts[change.name] = change.value
            else:
                self._text_facts.pop(change.name, None)
        for look in self.looks:
            look.step(commit, self._text_facts, self._marked)
        return True

    def _check_numbers(self, commit: Commit, before: Mapping[str, int]) -> None:
        """Each (session, n) is decided once, in order; a repeat changes nothing."""
        note = self._history.note
        for outcome in commit.outcomes:
            session, n = outcome.session, outcome.n
            if not n:
                continue
            key = (session, commit.cause.term, n)
            was, now = before[session], _n_of(self.state, session)
            known = self._history.decisions.get(key)
            is_retiring = was == n - 1 and commit.cause.kind in ("leave", "remove")
            if now == n == was + 1 or is_retiring:
                if known is not None:
                    note("doubled", f"{key} decided at {known.seq} and {commit.position.seq}")
                decision = Decision(commit.position.seq, outcome.code, commit)
                self._history.decisions[key] = decision
                continue
            if now not in (was, -1):
                note("order", f"{key} took the watermark of {session} from {was} to {now}")
            if commit.events or any(change.name != "@inbox" for change in commit.changes):
                note("doubled", f"{key}, not decided at {commit.position.seq}, changed something")
            if outcome.code in _NOT_DECIDED:
                continue
            self._history.repeats += 1
            if known is None or known.code != outcome.code:
                told = "nothing" if known is None else known.code
                note("doubled", f"{key} answered again with {outcome.code}, decided as {told}")

    def _cued(self, commit: Commit) -> int | None:
        """Return how often the beat was cued before, where the commit cues one."""
        given = dict(commit.cause.arguments)
        is_cue = commit.cause.kind == "cue" and any(o.code == "ok" for o in commit.outcomes)
        if not is_cue or (commit.cause.n and self._is_repeat(commit)):
            return None
        return int(str(self.state.facts[f"cued.{given['beat']}"]))

    def _is_repeat(self, commit: Commit) -> bool:
        cause = commit.cause
        return (cause.session, cause.term, cause.n) in self._history.decisions

    def _check_cue(self, commit: Commit, before: int | None) -> None:
        if before is None:
            return
        given = dict(commit.cause.arguments)
        after = self.state.facts[f"cued.{given['beat']}"]
        if after != before + 1 or given.get("occurrence", before) != before:
            said = f"{given['beat']} #{given.get('occurrence')}"
            self._history.note("cue", f"{commit.position}: {said}, cued {before} -> {after}")


class _Look:
    """One client beside the log: what it should have been told."""

    def __init__(self, walk: _Walk, record: Record) -> None:
        self.record = record
        self._walk = walk
        self._eyes: dict[frozenset[str], Eyes] = {}
        self._expected: dict[tuple[int, int], dict[str, Any]] = {}
        self._digests: dict[int, str] = {}
        self._epochs: dict[int, int] = {}
        self._wanted = {told.position[1] for told in record.told}
        self._marks: set[str] = set()

    def step(self, commit: Commit, text_facts: Mapping[str, TextRef], marked: str) -> None:
        """Look at a commit as the client does once it is committed."""
        walk, record, seq = self._walk, self.record, commit.position.seq
        atoms = atoms_of(walk.pack, walk.state.facts, record.kind, record.session)
        eyes = self._eyes.get(atoms)
        if eyes is None:
            eyes = self._eyes[atoms] = Eyes(atoms, JUDGE)
        seen = events_for(commit.events, eyes)
        if seen:
            turns = [(commit.position, commit.world_ms, i, event) for i, event in seen]
            for said in walk.gate.events(Fold({}, {}, [], turns, [])):
                self._expected[said["at"][0], said["at"][1]] = said
        if seq in self._wanted:
            self._digests[seq] = digest_hex(walk.index.digest(eyes))
            self._epochs[seq] = commit.position.epoch
        if marked:
            self._allow(text_facts, [event for _, event in seen], eyes)

    def _allow(self, held: Mapping[str, TextRef], events: Iterable[Event], eyes: Eyes) -> None:
        classes, texts = self._walk.index.classes, self._walk.texts
        refs = [ref.ref for name, ref in held.items() if eyes.sees(classes.get(name))]
        for event in events:
            refs += [value.ref for _, value in event.arguments if type(value) is TextRef]
        self._marks.update(texts[ref] for ref in refs if ref in texts)

    def check(self, history: History, confirmed: Sequence[tuple[int, int]]) -> None:
        """Compare."""
        self._check_told(history, confirmed)
        self._check_heard(history)
        self._check_asked(history)
        known = self._marks | self._walk.heard.told_to(told.message for told in self.record.told)
        for text in sorted(self.record.marks):
            if not any(text in shown for shown in known):
                history.note("leak", f"{self.record.name} has {text}, which was not for it")

    def _check_told(self, history: History, confirmed: Sequence[tuple[int, int]]) -> None:
        name = self.record.name
        ticks = [tick for tick, _ in confirmed]
        for told in self.record.told:
            epoch, seq = told.position
            if self._epochs.get(seq) != epoch:
                history.note("lost", f"{name} was told of {(epoch, seq)}, which is not in the log")
                continue
            if confirmed:
                at = bisect_right(ticks, told.tick)
                if not at or confirmed[at - 1][1] < seq:
                    history.note("beyond", f"{name} was told of {seq} before it was confirmed")
            message = told.message
            if isinstance(message, wire.Quiet):
                continue
            if message.digest != self._digests[seq]:
                want = self._digests[seq]
                history.note("digest", f"{name} at {seq}: {message.digest}, the gate has {want}")
            for event in message.events:
                if not _is_same(event, self._expected.get(event.at)):
                    history.note("leak", f"{name} was told {event!r}")
            for outcome in message.outcomes:
                self._check_outcome(history, outcome.n, outcome.code, outcome.pos[1])

    def _check_outcome(self, history: History, n: int, code: str, seq: int) -> None:
        if code in _NOT_DECIDED:
            return
        history.acked += 1
        decided = history.decisions.get((self.record.session, 0, n))
        who = f"{self.record.name} n={n}"
        if decided is None or decided.seq > seq:
            history.note("lost", f"{who} was acked {code} at {seq} and is not in the log by then")
        elif code != decided.code and (code, decided.code) != ("condition", "bad_parameter"):
            history.note("doubled", f"{who} was acked {code}, decided {decided.code}")

    def _check_heard(self, history: History) -> None:
        """The SDK handed out the filtered log, in order, without a gap or a repeat."""
        record = self.record
        if not record.told:
            return
        if record.mismatches:
            history.note("digest", f"{record.name}'s mirror went wrong {record.mismatches} times")
        first = record.told[0].position[1]
        jumps = [event for event in record.heard if event.kind == "reset"]
        if jumps and not record.may_jump:
            history.note("events", f"{record.name} had to take {len(jumps)} snapshots")
        heard = [event.at for event in record.heard if event.kind != "reset"]
        if heard != sorted(set(heard)):
            history.note("events", f"{record.name} heard events twice or out of order")
        due = [at for at in self._expected if first < at[0] <= record.position[1]]
        if jumps:
            return
        missing, extra = sorted(set(due) - set(heard)), sorted(set(heard) - set(due))
        if missing or extra:
            text = f"{record.name} missed {missing[:3]} and has {extra[:3]} too many"
            history.note("events", f"{text} ({len(missing)}, {len(extra)})")

    def _check_asked(self, history: History) -> None:
        """What was decided for the session is what it asked for, in its order, once each."""
        record = self.record
        decided = [
            decision
            for (session, _, _), decision in sorted(history.decisions.items())
            if session == record.session and decision.commit.cause.kind in ("act", "choose")
        ]
        if _is_answered([decision.commit for decision in decided], record.asked):
            return
        rest = iter(record.asked)
        for decision in decided:  # which it is, for the reader
            for asked in rest:
                if _is_asked(asked, decision.commit):
                    break
                if _is_acked(asked):
                    history.note("lost", f"{record.name}: {asked} was acked and is not in the log")
            else:
                cause = decision.commit.cause
                history.note("doubled", f"{record.name} never asked for {cause} once more")
                return
        for asked in rest:
            if _is_acked(asked):
                history.note("lost", f"{record.name}: {asked} was acked and is not in the log")


def _n_of(state: State, session: str) -> int:
    """Return a session's watermark, -1 where there is none."""
    entry = session_of(state.facts, session)
    return -1 if entry is None else entry.n


def _is_same(event: Any, expected: Mapping[str, Any] | None) -> bool:
    if expected is None:
        return False
    shown = (event.kind, event.ms, event.who, event.text, event.key, event.reach)
    wanted = tuple(
        expected.get(name, default)
        for name, default in (
            ("kind", ""), ("ms", 0), ("who", ""), ("text", ""), ("key", ""), ("reach", "all"),
        )
    )  # fmt: skip
    return shown == wanted


def _is_answered(decided: Sequence[Commit], asked: Sequence[Asked]) -> bool:
    """Whether all decided was asked for in this order, and all acked is among it.

    Two acts with texts may look alike in the log, and one whose outcome was never learned may
    have been decided or not: any way in which they fit will do.
    """
    fits = [True, *[False] * len(decided)]  # whether all asked so far fits the first i decided
    for one in asked:
        before = fits
        fits = [not _is_acked(one) and is_fit for is_fit in before]
        for i, commit in enumerate(decided):
            fits[i + 1] = fits[i + 1] or (before[i] and _is_asked(one, commit))
    return fits[-1]


def _is_acked(asked: Asked) -> bool:
    return asked.outcome is not None and asked.outcome.code not in _NOT_DECIDED


def _is_asked(asked: Asked, commit: Commit) -> bool:
    given = dict(commit.cause.arguments)
    kept = {hash_text(salt, text): text for _, salt, text in commit.texts.values()}
    for name, said in asked.given.items():
        if kept.get(str(given.get(f"texts.{name}")), said) != said:
            return False
    if commit.cause.kind == "choose":
        return (asked.do, asked.given) == (given.get("choice"), {"option": given.get("option")})
    params = {k.removeprefix("params."): v for k, v in given.items() if k.startswith("params.")}
    plain = {k: v for k, v in asked.given.items() if f"texts.{k}" not in given}
    return asked.do == given.get("action") and plain == params
