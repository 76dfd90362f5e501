"""Binding: with who acts put in, a condition reads plain facts."""

from support.packs import starter

from dreamsync_server.story.binding import bind, put_for
from dreamsync_server.world.evaluate import constant_of
from dreamsync_server.world.expr import reads_of, variables_of


def condition(action: str):
    when = starter().actions[action].when
    assert when is not None
    return when.node


def test_a_bound_condition_reads_the_facts_of_who_acts() -> None:
    node = condition("wind_box")
    assert variables_of(node) == {"me"}
    bound = bind(node, {"me": "ben"})
    assert (variables_of(bound), reads_of(bound)) == (
        frozenset(), {"music_box.holder", "music_box.wound"},
    )  # fmt: skip


def test_a_fact_about_two_is_found_whichever_is_put_in_first() -> None:
    pack = starter()
    ref = pack.actions["comfort"].params[0].when
    assert ref is not None
    both = bind(ref.node, {"me": "ada", "who": "ben"})
    assert reads_of(both) == {"ada.scene", "ben.scene"}
    half = bind(ref.node, {"me": "ada"})
    assert variables_of(half) == {"who"}
    assert reads_of(bind(half, {"who": "ben"})) == reads_of(both)


def test_somebody_is_not_oneself() -> None:
    when = starter().actions["whisper"].params[0].when
    assert when is not None
    first = when.node.items[0]  # who != me
    assert constant_of(bind(first, {"me": "ada", "who": "ada"})) is False
    assert constant_of(bind(first, {"me": "ada", "who": "ben"})) is True


def test_a_condition_on_a_fact_set_to_another_is_one_on_that_other() -> None:
    when = starter().actions["make_tea"].effects[1].when  # me.nerve >= 8
    bound = bind(when.node, {"me": "ada"})
    nerve = bind(when.node, {"me": "ben"}).left
    assert reads_of(put_for(bound, "ada.nerve", nerve)) == {"ben.nerve"}
    assert put_for(bound, "ben.nerve", nerve) == bound
