"""Declarations and the facts they stand for."""

from support.packs import starter
from support.sample import check_with, told

from dreamsync_server.packs import load
from dreamsync_server.packs.sample import SAMPLE


def test_a_declaration_stands_for_a_fact_of_each_it_is_about() -> None:
    facts = starter().facts
    assert [name for name in facts if name.endswith(".nerve")] == ["ada.nerve", "ben.nerve"]
    assert "ben.knows_song" in facts
    assert "ada.knows_song" not in facts
    assert "house.kitchen.lamp" in facts
    assert facts["music_box.wound"].about == ("music_box",)


def test_a_pair_has_one_fact_by_the_order_of_its_roles_and_the_other_order_is_an_alias() -> None:
    more = "facts: {tie: {about: pair, of: [ben, ada], type: bool, visible: desk}}"
    pack = load({**SAMPLE, "more.yaml": more})
    assert pack.facts["tie.ada.ben"].about == ("ada", "ben")
    assert pack.aliases["tie.ben.ada"] == "tie.ada.ben"


def test_facts_of_seats_are_kept_by_role_not_by_seat() -> None:
    pack = starter()
    assert list(pack.seat_facts["guest"]) == ["scene", "held", "player", "hummed"]
    assert not any(name.startswith("guest") for name in pack.facts)


def test_what_an_effect_lets_drift_can_drift() -> None:
    more = (
        "facts:\n"
        "  a: {type: int, range: [0, 9], visible: desk}\n"
        "  b: {about: role, type: int, range: [0, 9], visible: desk}\n"
        "  c: {about: role, type: int, range: [0, 9], visible: desk}\n"
        "laws: {l: {when: calm > 1, do: [drift: {a: 1 per hour, ada.b: -1 per minute}]}}\n"
    )
    decls = {decl.name: decl for decl in load({**SAMPLE, "more.yaml": more}).decls}
    assert [decls[name].can_drift for name in ("calm", "a", "b", "c")] == [True, True, True, False]
    assert decls["calm"].rate == 2


def test_a_fact_with_the_name_of_a_built_in_one_is_told() -> None:
    checked = check_with("facts: {scene: {about: role, type: bool, visible: desk}}")
    assert told(checked) == ["given_twice more.yaml:1:9"] * 2
    assert checked.faults[0].what == "the fact ada.scene is there already, built in"


def test_a_pair_needs_two() -> None:
    checked = check_with("facts: {f: {about: pair, of: [ada], type: bool, visible: desk}}")
    assert [fault.what for fault in checked.faults] == [
        "fact 'f' is about two roles: there is none"
    ]


def test_what_follows_from_a_broken_fact_is_not_told() -> None:
    more = "facts: {f: {type: itn}}\nlaws: {a: {when: f > 1, do: [add: {f: 1}]}}"
    assert told(check_with(more, text="fact.f.name: f")) == ["unknown_word more.yaml:1:19"]
