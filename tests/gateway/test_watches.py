"""Watches: told at the edge, once, and only of what the watcher sees."""

import pytest
from support.packs import night_for_two, starter

from dreamsync_server.errors import PeerError
from dreamsync_server.gateway.gate import JUDGE
from dreamsync_server.gateway.views import Eyes
from dreamsync_server.gateway.watches import Hit, Watches, as_pattern
from dreamsync_server.limits import CONDITIONS_PER_DESK_MAX

DESK = Eyes(frozenset(("all", "desk", "session:d")), JUDGE)
SPECTATOR = Eyes(frozenset(("all",)), JUDGE)


def test_a_condition_hits_when_it_turns_and_not_again() -> None:
    play, watches = night_for_two(), Watches(starter(), DESK)
    assert watches.add("tea", "ada.nerve >= 6", False, play.facts) == (False, None)
    changed = frozenset(("ada.nerve",))
    assert watches.turned(changed, play.facts) == []
    play.act("a", "make_tea")
    assert watches.turned(changed, play.facts) == [Hit("tea", True, ("ada.nerve",))]
    assert watches.turned(changed, play.facts) == []


def test_one_that_holds_already_hits_at_once_unless_the_watcher_knew() -> None:
    facts, watches = night_for_two().facts, Watches(starter(), DESK)
    assert watches.add("a", "ada.nerve >= 5", False, facts)[1] == Hit("a", True, ("ada.nerve",))
    assert watches.add("a", "ada.nerve >= 5", True, facts) == (True, None)
    assert len(watches) == 1


def test_what_was_not_changed_is_not_looked_at() -> None:
    play, watches = night_for_two(), Watches(starter(), DESK)
    watches.add("tea", "ada.nerve >= 6", False, play.facts)
    play.act("a", "make_tea")
    assert watches.turned(frozenset(("ben.nerve",)), play.facts) == []


def test_time_alone_turns_a_condition_over_what_drifts() -> None:
    play, watches = night_for_two(), Watches(starter(), DESK)
    watches.add("hush", "house.hush >= 1", False, play.facts)
    watches.add("tea", "ada.nerve >= 6", False, play.facts)
    play.facts.ms = 60_000
    assert [hit.id for hit in watches.look(play.facts)] == ["hush"]


def test_a_crowd_is_watched_by_patterns() -> None:
    play, watches = night_for_two(), Watches(starter(), DESK)
    assert as_pattern(play.pack, "guest.3.hummed") == "guest.*.hummed"
    assert as_pattern(play.pack, "ada.nerve") == "ada.nerve"
    assert watches.turned(frozenset(("guest.*.hummed",)), play.facts) == []


@pytest.mark.parametrize("when", ["ada.nervous > 1", "1 +", "ada.nerve", "@world == 1"])
def test_what_is_no_condition_is_refused_with_a_sentence(when: str) -> None:
    with pytest.raises(PeerError) as caught:
        Watches(starter(), DESK).add("a", when, False, night_for_two().facts)
    assert caught.value.code == "bad_condition"
    assert caught.value.text


def test_what_the_watcher_does_not_see_cannot_be_watched() -> None:
    with pytest.raises(PeerError) as caught:
        Watches(starter(), SPECTATOR).add("a", "ada.nerve > 1", False, night_for_two().facts)
    assert caught.value.code == "bad_condition"


def test_so_many_are_watched_and_no_more() -> None:
    facts, watches = night_for_two().facts, Watches(starter(), DESK)
    for i in range(CONDITIONS_PER_DESK_MAX):
        watches.add(f"w{i}", "ada.nerve > 1", False, facts)
    watches.add("w0", "ada.nerve > 2", False, facts)
    with pytest.raises(PeerError) as caught:
        watches.add("one more", "ada.nerve > 1", False, facts)
    assert caught.value.code == "too_many_conditions"
    watches.remove("w0")
    watches.remove("unknown")
    watches.add("one more", "ada.nerve > 1", False, facts)
