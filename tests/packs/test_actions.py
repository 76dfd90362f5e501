"""Actions and their parameters."""

import pytest
from support.packs import starter
from support.sample import check_with, told

from dreamsync_server.world.model import Type


def test_an_action_keeps_what_is_said_of_it() -> None:
    action = starter().actions["pick"]
    assert (action.by, action.where, action.chapters) == (
        ("ada", "ben"), ("dream.orchard",), ("dream",),
    )  # fmt: skip
    (what,) = action.params
    assert what.type == Type("choice", choices=("apple", "leaf", "ribbon"))
    assert what.when is not None
    assert what.when.reads == {"keepsakes"}
    whisper = starter().actions["whisper"]
    assert [(p.name, p.is_free_text) for p in whisper.params] == [("who", False), ("words", True)]
    assert (whisper.cooldown_ms, starter().actions["make_tea"].times_max) == (3_000, 3)
    assert starter().actions["hum_to_ada"].is_veiled


@pytest.mark.parametrize(
    ("param", "type_"),
    [
        ("role: cast", Type("choice", choices=("ada", "ben"))),
        ("scene: [hall, yard]", Type("choice", choices=("hall", "yard"))),
        ("thing: things", Type("choice", choices=("lamp",))),
        ("choices: [a, b]", Type("choice", choices=("a", "b"))),
        ("int: [1, 3]", Type("int", 1, 3)),
        ("text: 40", Type("text", size_max=40)),
        ("bool: true", Type("bool")),
    ],
)
def test_a_parameter_has_a_type(param: str, type_: Type) -> None:
    more = f"actions: {{a: {{by: ada, params: {{p: {{{param}}}}}, do: []}}}}"
    checked = check_with(more, text="action.a.label: A\n")
    assert checked.pack is not None, checked.faults
    assert checked.pack.actions["a"].params[0].type == type_


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("by: nobody_there, do: []", "unknown_id"),
        ("do: []", "missing_key"),
        ("by: ada", "missing_key"),
        ("by: ada, where: [hal], do: []", "unknown_id"),
        ("by: ada, params: {p: {}}, do: []", "missing_key"),
        ("by: ada, params: {p: {int: [1, 2], text: 5}}, do: []", "unknown_key"),
        ("by: ada, params: {p: {text: 5, when: calm > 1}}, do: []", "unknown_key"),
        ("by: ada, params: {p: {role: scenes}}, do: []", "wrong_sort"),
        ("by: ada, params: {p: {role: guest}}, do: []", "unknown_id"),
        ("by: ada, params: {ada: {int: [1, 2]}}, do: []", "reserved_id"),
        ("by: ada, params: {mood: {choices: [a]}}, do: []", "reserved_id"),
        ("by: ada, params: {" + "".join(f"p{k}: {{int: [1, 2]}}, " for k in range(17))
         + "}, do: []", "too_many"),
        ("by: ada, times: 0, do: []", "out_of_bounds"),
    ],
)  # fmt: skip
def test_a_fault_of_an_action(body: str, code: str) -> None:
    faults = check_with(f"actions: {{a: {{{body}}}}}", text="action.a.label: A\n").faults
    assert [fault.code for fault in faults] == [code], faults


def test_the_condition_of_a_parameter_may_read_those_before_it_alone() -> None:
    def more(when: str) -> str:
        return (
            "actions: {a: {by: ada, params: {p: {int: [1, 9]},"
            f" q: {{int: [1, 9], when: {when}}}, r: {{int: [1, 9]}}}}, do: []}}}}"
        )

    text = "action.a.label: A\n"
    assert told(check_with(more("q > p"), text=text)) == []
    assert [f.code for f in check_with(more("q > r"), text=text).faults] == ["expression"]


def test_what_follows_from_an_unknown_actor_is_not_told() -> None:
    more = (
        "facts: {pluck: {about: role, of: [ben], type: int, range: [0, 3]}}\n"
        "actions:\n"
        "  a: {by: [bem], do: [{add: {me.pluck: 1}}]}\n"
        "  b: {by: [ben], do: [{add: {me.plock: 1}}]}\n"
    )
    texts = "action.a.label: A\naction.b.label: B\nfact.pluck.name: P\n"
    assert told(check_with(more, text=texts)) == [
        "unknown_id more.yaml:3:12",
        "expression more.yaml:4:30",
    ]
