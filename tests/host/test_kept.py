"""What was confirmed is kept for as long as it can be lost, and given only where it is whole."""

from dataclasses import replace

from store.builders import commit

from dreamsync_server.host.kept import Kept
from dreamsync_server.limits import KEPT_COMMITS_MAX, KEPT_S
from dreamsync_server.world.commit import Cause, Change


def seqs(kept: Kept, after: int, epoch: int = 7) -> list[int]:
    return [one.position.seq for one in kept.after(after, epoch)]


def test_what_lies_behind_a_seq_is_given_in_order() -> None:
    kept = Kept()
    kept.add([commit(7, seq) for seq in (3, 4, 5)], 0.0)

    assert (seqs(kept, 2), seqs(kept, 4), seqs(kept, 5)) == ([3, 4, 5], [5], [])


def test_what_is_not_known_whole_is_not_given() -> None:
    kept = Kept()
    kept.add([commit(7, seq) for seq in (3, 4, 5)], 0.0)

    assert seqs(kept, 1) == []
    assert seqs(kept, 2, epoch=8) == []


def test_what_is_old_or_beyond_the_bound_is_let_go() -> None:
    kept = Kept()
    kept.add([commit(7, 1)], 0.0)
    kept.add([commit(7, 2)], KEPT_S + 0.1)
    assert (seqs(kept, 0), seqs(kept, 1)) == ([], [2])

    kept.add([commit(7, seq) for seq in range(3, KEPT_COMMITS_MAX + 4)], KEPT_S + 0.1)
    assert (seqs(kept, 2), len(seqs(kept, 3))) == ([], KEPT_COMMITS_MAX)


def test_words_that_were_erased_are_not_put_back() -> None:
    kept = Kept()
    ours, theirs = ("s1", "salt", "the canary sings"), ("s2", "salt", "the owl")
    kept.add([replace(commit(7, 1), texts={"1.words": ours, "1.name": theirs})], 0.0)
    erasing = Cause("erase", "owner", arguments=(("session", "s1"),))
    changes = (Change("@erased.s1", 2),)
    kept.add([replace(commit(7, 2), cause=erasing, changes=changes)], 0.1)

    assert [one.texts for one in kept.after(0, 7)] == [{"1.name": theirs}, {}]
