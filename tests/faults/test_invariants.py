"""The invariants hold of a world that was played in order, and each of them can fail."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from support.invariants import Asked, Record, Told, check_appends, check_world
from support.packs import starter
from support.stage import Client, Stage

from dreamsync.events import Event, event_of
from dreamsync.outcome import outcome_of
from dreamsync.protocol import cards
from dreamsync.protocol import server_messages as wire
from dreamsync_server.world.commit import Commit, Outcome, Position

CANARY = "cnry0123456789ab"


@dataclass
class Played:
    """A night with Ada and Ben: its log, and what Ada's and Ben's clients have of it."""

    commits: list[Commit]
    ada: Record
    ben: Record
    confirmed: list[tuple[int, int]]

    def kinds(self) -> set[str]:
        """Return the kinds of fault that are found."""
        history = check_world(starter(), self.commits, [self.ada, self.ben], self.confirmed, "cnry")
        return {fault.kind for fault in history.faults}


def played() -> Played:
    """Play a night without a fault."""
    stage = Stage()
    clients = [stage.enter("a", role="ada"), stage.enter("b", role="ben")]
    records = [Record("ada", "player", "a"), Record("ben", "player", "b")]
    play, dice = stage.play, random.Random(3)

    def act(i: int, action: str, **params: str) -> None:
        play.act("ab"[i], action, **params)
        records[i].asked.append(Asked(action, params))
        stage.hand_over()
        stage.pass_ms(100)

    act(0, "whisper", who="ben", words=CANARY)
    act(1, "promise", words="mine alone")
    act(0, "make_tea")
    act(1, "hum_to_ada")
    for _ in range(8):
        play.pass_ms(60_000)
        play.direct_second()
        act(dice.randrange(2), "talk", words=f"words {dice.random()}")
    stage.pass_ms(2_000)
    for client, record in zip(clients, records, strict=True):
        gather(client, record)
    ada, ben = records
    return Played([*play.commits], ada, ben, [(i, i) for i in range(1, len(play.commits) + 1)])


def gather(client: Client, record: Record) -> None:
    """Complete a record from what a client without an SDK was sent."""
    client.read()
    whole = (wire.Entered, wire.View, wire.Quiet)
    record.told = [Told(m, m_pos(m)) for m in client.seen if isinstance(m, whole)]
    record.position = client.position
    outcomes: list[cards.Outcome] = []
    for told in record.told:
        if not isinstance(told.message, wire.Quiet):
            record.heard += [event_of(event) for event in told.message.events]
            outcomes += told.message.outcomes
    for asked, outcome in zip(record.asked, outcomes, strict=True):
        asked.outcome = outcome_of(outcome)


def m_pos(message: wire.Entered | wire.View | wire.Quiet) -> int:
    """Return the moment of a message: all up to its position was confirmed by then."""
    return message.position[1] if isinstance(message, wire.Entered) else message.pos[1]


def test_a_world_that_was_played_in_order_has_no_fault() -> None:
    night = played()
    assert night.kinds() == set()
    assert any(event.text == CANARY for event in night.ben.heard)
    night.ben.marks = frozenset([CANARY])
    assert night.kinds() == set(), "it was whispered to him"


def test_what_was_never_answered_may_look_like_what_was() -> None:
    night = played()
    said = next(i for i, asked in enumerate(night.ada.asked) if asked.do == "talk")
    night.ada.asked.insert(said, Asked("talk", {"words": "lost on the way"}))
    assert night.kinds() == set()
    night.ada.asked[said + 1].outcome = None
    assert night.kinds() == set()
    night.ada.asked[said].outcome = night.ada.asked[0].outcome
    assert night.kinds() == {"lost"}, "its words are not those in the log"


def test_a_recap_tells_what_its_seat_has_heard_and_nothing_else() -> None:
    night = played()
    entered = night.ben.told[0].message
    assert isinstance(entered, wire.Entered)

    def leaks(recap: tuple[str, ...], seat: str) -> bool:
        said = entered.model_copy(update={"recap": recap, "seat": seat})
        late = Record("late", "player", "nobody", told=[Told(said, 1)], marks=frozenset([CANARY]))
        history = check_world(starter(), night.commits, [late], (), "cnry")
        return any(fault.text.startswith(f"late has {CANARY}") for fault in history.faults)

    assert not leaks((CANARY,), "ben")
    assert leaks((CANARY,), "guest.1"), "it was whispered to another seat"
    assert leaks((), "ben"), "there was no recap"


def numbered(night: Played) -> int:
    """Return the index of the first commit that decided a numbered proposal."""
    return next(i for i, c in enumerate(night.commits) if any(o.n for o in c.outcomes))


def lose_the_middle(night: Played) -> None:
    del night.commits[5]


def lose_the_end(night: Played) -> None:
    del night.commits[numbered(night) :]


def break_a_digest(night: Played) -> None:
    night.commits[5] = replace(night.commits[5], digest=1)


def begin_an_epoch_with_an_act(night: Played) -> None:
    night.commits[-1] = replace(night.commits[-1], position=Position(9, len(night.commits)))


def number_twice(night: Played) -> None:
    at = numbered(night)
    (outcome,) = night.commits[at].outcomes
    night.commits[at] = replace(night.commits[at], outcomes=(outcome._replace(n=3),))


def decide_otherwise(night: Played) -> None:
    at = numbered(night)
    night.commits[at] = replace(night.commits[at], outcomes=(Outcome("a", 1, "spent"),))


def cue_another_occurrence(night: Played) -> None:
    at = next(i for i, c in enumerate(night.commits) if c.cause.kind == "cue")
    cause = night.commits[at].cause
    given = tuple((k, 1 if k == "occurrence" else v) for k, v in cause.arguments)
    night.commits[at] = replace(night.commits[at], cause=cause._replace(arguments=given))


def forget_an_ack(night: Played) -> None:
    acked = outcome_of(cards.Outcome(n=99, code="ok", ok=True, pos=(1, 5)))
    night.ada.asked.append(Asked("make_tea", {}, acked))


def act_unasked(night: Played) -> None:
    del night.ada.asked[0]


def show_too_early(night: Played) -> None:
    night.confirmed[:] = [(tick + 1, tail) for tick, tail in night.confirmed]


def show_another_digest(night: Played) -> None:
    told = next(t for t in night.ada.told if isinstance(t.message, wire.View))
    told.message = told.message.model_copy(update={"digest": "0" * 16})


def show_what_is_not_in_the_log(night: Played) -> None:
    told = night.ada.told[-1]
    told.message = told.message.model_copy(update={"pos": (7, told.position[1])})


def show_the_event_of_another(night: Played) -> None:
    views = [t for t in night.ben.told if isinstance(t.message, wire.View)]
    vow = next(
        e for t in views if isinstance(t.message, wire.View)
        for e in t.message.events if e.key == "vow.made"
    )  # fmt: skip
    told = next(t for t in night.ada.told if isinstance(t.message, wire.View))
    told.message = told.message.model_copy(update={"events": (vow,)})


def hear_one_event_less(night: Played) -> None:
    del night.ben.heard[1]


def hear_one_event_twice(night: Played) -> None:
    night.ben.heard.insert(1, night.ben.heard[0])


def jump(night: Played) -> None:
    night.ben.heard.insert(1, Event("reset"))


def go_wrong_in_the_mirror(night: Played) -> None:
    night.ben.mismatches = 1


def have_what_was_not_said_to_her(night: Played) -> None:
    night.ada.marks = frozenset(["cnryffffffffffff"])


@pytest.mark.parametrize(
    ("spoil", "kind"),
    [
        (lose_the_middle, "log"),
        (lose_the_end, "lost"),
        (break_a_digest, "log"),
        (begin_an_epoch_with_an_act, "log"),
        (number_twice, "doubled"),
        (decide_otherwise, "doubled"),
        (cue_another_occurrence, "cue"),
        (forget_an_ack, "lost"),
        (act_unasked, "doubled"),
        (show_too_early, "beyond"),
        (show_another_digest, "digest"),
        (show_what_is_not_in_the_log, "lost"),
        (show_the_event_of_another, "leak"),
        (hear_one_event_less, "events"),
        (hear_one_event_twice, "events"),
        (jump, "events"),
        (go_wrong_in_the_mirror, "digest"),
        (have_what_was_not_said_to_her, "leak"),
    ],
)
def test_what_is_wrong_is_found(spoil: Callable[[Played], None], kind: str) -> None:
    night = played()
    spoil(night)
    assert kind in night.kinds()


def test_an_epoch_has_one_nonce() -> None:
    assert not check_appends([("w", 1, "a"), ("w", 1, "a"), ("w", 2, "b"), ("v", 1, "c")])
    assert check_appends([("w", 1, "a"), ("w", 1, "b")])
