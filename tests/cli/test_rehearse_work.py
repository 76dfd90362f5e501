"""The work of a rehearsal: parts come out the same here and in other processes, in their order."""

from pathlib import Path

from support.packs import WORLDS

from dreamsync_server.cli.rehearse_work import Crew, SeekPart, ShrinkPart, TrialPart, do_part
from dreamsync_server.story.goals import Goal

STARTER = WORLDS / "starter"
MORNING, CHIME = Goal("ending", "morning"), Goal("beat", "chime")


def parts(folder: Path = STARTER) -> list[TrialPart | SeekPart]:
    wanted = frozenset((MORNING,))
    return [
        *(TrialPart(folder, 1, number, (), wanted) for number in range(3)),
        SeekPart(folder, 1, CHIME, 0, (), wanted),
    ]


def test_parts_come_out_the_same_whoever_does_them() -> None:
    here = [do_part(part) for part in parts()]
    crew = Crew(2, lambda: 300.0)
    try:
        assert list(crew.do(parts())) == here
    finally:
        crew.close()
    alone = Crew(1, lambda: 300.0)
    assert list(alone.do(parts())) == here
    alone.close()


def test_a_spent_budget_ends_the_work_with_what_was_done_first() -> None:
    left = iter((1.0, 1.0, 0.0))
    done = list(Crew(1, lambda: next(left)).do(parts()))
    assert [one.trial.number for one in done if one.trial is not None] == [0, 1]


def test_a_found_run_is_made_short() -> None:
    found = next(one for one in do_part(parts()[3]).found if one.goal == CHIME)
    (short,) = do_part(ShrinkPart(STARTER, found, 100)).found
    assert short.count <= found.count
