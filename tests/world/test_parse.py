"""Every text gives an expression or one fault at its place, and nothing else ever comes out."""

import ast
import contextlib
import string
import sys
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from types import FrameType
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.expressions import (
    HERE,
    INT,
    KINDS,
    MOOD,
    NAMES,
    SCENE,
    SCOPE,
    condition,
    condition_sources,
    expression,
    some_facts,
)

from dreamsync_server.limits import EXPR_CHARS_MAX
from dreamsync_server.world.expr import BOOL, ExprError, Fact, Spread
from dreamsync_server.world.model import Type
from dreamsync_server.world.parse import parse, parse_condition, parse_ref, parse_value

HOSTILE = [
    "9**9**9**9", "1 << 99999999", "2 ** -1", "~1", "+1", "1 / 2", "1 @ 2", "1 & 1", "crowd ^ 1",
    "().__class__.__bases__[0].__subclasses__()", "crowd.__class__", "__import__('os').system('x')",
    "open('/etc/passwd')", "eval('1')", "exec('1')", "lambda: 1", "(lambda: 1)()", "(x := 5) > 1",
    "f'{crowd}'", "f'{crowd!r:>{crowd}}' == 'a'", "b'1' == b'1'", "1.5 > 1", "1j", "1e999", "None",
    "...", "{}", "{1}", "{'a': 1}", "[x for x in family]", "(r for r in family)", "await crowd",
    "yield", "(yield)", "*crowd", "(*family,)", "crowd[0]", "crowd[:]", "crowd()", "len", "len()",
    "min()", "min(1)", "abs(1, 2)", "len(*family)", "max(1, 2, key=len)", "len(crowd)", "count()",
    "count(1)", "count(True for r in family for s in family)", "any(True for r, s in family)",
    "any(True async for r in family)", "any(True for crowd.x in family)", "any(r for R in family)",
    "any(True for me in family)", "any(True for True in family)", "any(True for r in crowd)",
    "any(True for r in 'abc')", "cued()", "cued(1)", "cued('expo.fall')", "cued(expo.fal)",
    "running(x)", "held(citizen)", "held(nobody)", "held(1)", "import os", "crowd; crowd", "crowd,",
    "crowd if night.dark", "if", "not", "and", "", " ", "\n\n", "#", "crowd # more", "crowd > 1 #",
    "\0", "crowd\0", "'\\ud800' == motto", "\ud800", "'\ud800'", "\\", "'\\N{DIGIT ONE}'", "\ufeff",
    "crowd \u00a0> 1", "\uff4ceo.mood", "0x", "0777", "1_000__0", "1and 2", "1if 1else 2",
    "'a' 'b'", "'unclosed", '"""', "'''x", "((((", "))))", "(" * 300 + ")" * 300, "(" * 1999,
    "[" * 1000, "not " * 400 + "night.dark", "-" * 1000 + "1", "~" * 1999, "1" * 1999, "9" * 40,
    "a." * 900 + "a",
    "crowd" + "+crowd" * 300, "crowd" + " and crowd" * 150, "1<" * 800 + "1", "0 if " * 350 + "0",
    "crowd" * 500, "lambda:" * 250 + "0", "x" * (EXPR_CHARS_MAX + 1), "{" * 500, "f'" + "{f'" * 200,
    "crowd*crowd*crowd*crowd*crowd*crowd*crowd*crowd*crowd", "clock.bed * clock.bed",
    "crowd = 3", "crowd => 3", "a && b", "a || b", "!night.dark", "crowd is 3", "crowd <> 3",
]  # fmt: skip


@pytest.mark.parametrize("source", HOSTILE)
def test_a_hostile_text_is_refused_at_a_place_within_it(source: str) -> None:
    with pytest.raises(ExprError) as caught:
        parse_condition(source, HERE, SCOPE)
    assert 0 <= caught.value.offset <= len(source)
    assert caught.value.message


def test_a_deep_text_is_no_more_than_a_fault_where_little_stack_is_left() -> None:
    source = "not (" * 25 + "night.dark" + ")" * 25

    def with_stack_left(levels: int) -> str:
        if levels > 0:
            return with_stack_left(levels - 1)
        return fault_of(source)

    found = {with_stack_left(levels) for levels in range(0, _stack_left() - 20, 7)}
    faults = {"the expression is nested too deeply", "this cannot be read as an expression"}
    assert "" in found
    assert found & faults
    assert found <= {"", *faults}


def fault_of(source: str) -> str:
    """Return the message of a condition's fault, "" where it has none; its place is checked."""
    try:
        parse_condition(source, HERE, SCOPE).run(some_facts(), NAMES)
    except ExprError as caught:
        fault = caught
    else:
        return ""
    assert 0 <= fault.offset <= len(source)
    return fault.message


def _stack_left() -> int:
    depth = 0
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        frame, depth = frame.f_back, depth + 1
    return sys.getrecursionlimit() - depth


_PIECES = [
    "crowd", "night.heat", "night.dark", "me", "who", ".scene", "leo", "mia", "citizen", "'calm'",
    "bond", ".", "==", "!=", "<", ">=", "in", "not", "and", "or", "if", "else", "for", "r",
    "family", "count(", "any(", "all(", "min(", "len(", "held(", "cued(", "(", ")", "[", "]",
    ",", "+", "-", "*", "//", "%", "**", "<<", ":=", "lambda", ":", "1", "0",
    "99999999999999", "1.5", "'", '"',
    "f'", "{", "}", "\\", "#", "\n", "\0", " ", "é", "\u2028", "True", "evidence.kinds", "motto",
]  # fmt: skip


@given(
    st.one_of(
        st.text(max_size=60),
        st.text(alphabet=string.printable, max_size=60),
        st.lists(st.sampled_from(_PIECES), max_size=25).map(" ".join),
        st.lists(st.sampled_from(_PIECES), max_size=25).map("".join),
    ),
    st.sampled_from([BOOL, INT, MOOD, SCENE, KINDS, Type("text", size_max=5)]),
)
@example("'é' == é", BOOL)
@settings(deadline=None, max_examples=500)
def test_nothing_but_a_fault_comes_out_of_any_text(source: str, expected: Type) -> None:
    for read in (
        lambda: parse(source, HERE, SCOPE).run(some_facts(), NAMES),
        lambda: parse_value(source, expected, HERE, SCOPE).run(some_facts(), NAMES),
        lambda: parse_ref(source, SCOPE),
    ):
        with contextlib.suppress(ExprError):
            read()
    assert fault_of(source) is not None


@given(condition_sources(), st.data())
@settings(deadline=None, max_examples=300)
def test_a_valid_text_with_a_wound_gives_at_most_a_fault(source: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(source)))
    width = data.draw(st.integers(0, 4))
    wound = data.draw(st.sampled_from(_PIECES))
    assert fault_of(source) == ""
    assert fault_of(source[:at] + wound + source[at + width :]) is not None


@pytest.mark.parametrize(
    ("source", "offset", "message", "suggestion"),
    [
        ("leo.mood == 'clam'", 12, '"clam" is not among calm, angry', '"calm"'),
        ("leo.mod == 'calm'", 0, "there is no fact leo.mod", "leo.mood"),
        ("night.dark and leo.mood == calm", 27, "calm is no fact; a word is written in quotes",
         '"calm"'),
        ("me == leo", 6, "leo is no fact; a word is written in quotes", '"leo"'),
        ("leo.mood == leo.scene", 0, "these two never have a word in common", ""),
        ("crowd == 'calm'", 9, "a number is compared with a word", ""),
        ("night.dark == 1", 14, "true or false is compared with a number", ""),
        ("night.dark and crowd", 15, "a condition is wanted here, and this is a number",
         "crowd > 0"),
        ("crowd + leo.mood > 1", 8, "`+` wants numbers, and this is a word", ""),
        ("leo.mood < 'calm'", 0, "`<` compares numbers, and this is a word", ""),
        ("crowd ** 2 > 1", 6, "`**` is not known here", "*"),
        ("crowd / 2 > 1", 6, "`/` would give a fraction", "//"),
        ("  crowd > 1.5", 10, "only whole numbers are known here", ""),
        ("crowd = 3", 6, "a condition compares with `==`", "=="),
        ("night.dark && night.dark", 11, "`&&` is not known here", "and"),
        ("citizen.mood == 'calm'", 0, "mood is a fact of each seat of citizen, not of the role",
         ""),
        ("cued(expo.fal)", 5, "there is no beat expo.fal", "expo.fall"),
        ("running(bad)", 8, "there is no clock bad", "bed"),
        ("any(r.warmth > 1 for r in famly)", 26, "there is no set famly", "family"),
        ("any(r.warmht > 1 for r in family)", 4, "there is no fact leo.warmht", "leo.warmth"),
        ("cout(True for r in family)", 0,
         "the functions are all, any, count, cued, held, running, min, max, abs, len", "count"),
        ("who.warmht > 1", 0, "there is no fact leo.warmht, where who is leo", "who.warmth"),
        ("leo.scene in ('hall.stage', 'hall.stag')", 28,
         '"hall.stag" is not among home.kitchen, hall.stage, nowhere', '"hall.stage"'),
        ("'tapes' in evidence.kinds", 0, '"tapes" is not among memo, scan, tape', '"tape"'),
        ("'ünïcode' == leo.mood", 0, '"ünïcode" is not among calm, angry', ""),
        ("'é' == motto and leo.mod == 'calm'", 17, "there is no fact leo.mod", "leo.mood"),
        ("crowd\n  > 1\n  and  leo.mod > 2", 19, "there is no fact leo.mod", "leo.mood"),
        ("len(motto) > 1", 4, "len() wants a list or a set, and this is a text", ""),
        ("door == “open”", 8, "words stand in straight quotes", '"'),
        ("crowd >", 7, "this cannot be read: invalid syntax", ""),
    ],
)  # fmt: skip
def test_a_fault_says_where_and_what_to_write_instead(
    source: str, offset: int, message: str, suggestion: str
) -> None:
    with pytest.raises(ExprError) as caught:
        condition(source)
    assert (caught.value.offset, caught.value.message) == (offset, message)
    assert caught.value.suggestion == suggestion


def test_without_an_actor_me_means_nothing() -> None:
    scope = SCOPE.binding({})
    lawful = type(scope)(facts=scope.facts, sets=scope.sets)
    with pytest.raises(ExprError, match="nobody acts here"):
        condition("me == 'leo'", lawful)


def test_ints_that_may_not_stay_exact_are_refused_and_their_range_is_known() -> None:
    expr = expression("crowd * 10 - night.heat // 2 + abs(night.heat)")
    assert (expr.type.low, expr.type.high) == (0 - 2 + 0, 1000 + 2 + 5)
    with pytest.raises(ExprError, match="2\\*\\*53"):
        expression("clock.bed * 1000")
    assert expression("clock.bed * 90").type.high == 90 * 10**14


@pytest.mark.parametrize(
    ("source", "expected", "value"),
    [
        ("calm", MOOD, "calm"),
        (" hall.stage ", SCENE, "hall.stage"),
        ("'hall.stage'", SCENE, "hall.stage"),
        ("who.scene", SCENE, "home.kitchen"),
        ("calm if night.dark else angry", MOOD, "calm"),
        ("leo", Type("choice", choices=("leo", "mia")), "leo"),
        ("me", Type("choice", choices=("leo", "mia")), "leo"),
        ("7", INT, 7),
        ("-7", INT, -7),
        ("crowd * 2", INT, 100),
        ("true", BOOL, True),
        ("night.heat > 1", BOOL, True),
        ("line", Type("text", size_max=200), "now?"),
        ("'hello'", Type("text", size_max=5), "hello"),
        ("[]", KINDS, ()),
        ("[memo, 'scan']", KINDS, ("memo", "scan")),
        ("evidence.kinds", KINDS, ("memo",)),
    ],
)
def test_a_value_fits_what_is_wanted(source: str, expected: Type, value: object) -> None:
    assert parse_value(source, expected, HERE, SCOPE).run(some_facts(), NAMES) == value


@pytest.mark.parametrize(
    ("source", "expected", "message"),
    [
        ("'clam'", MOOD, 'this is "clam", which is not among calm, angry'),
        ("leo.scene", MOOD, 'this may be "home.kitchen", which is not among calm, angry'),
        ("crowd", MOOD, "a word is wanted here, and this is a number"),
        ("leo.mood", INT, "a number is wanted here, and this is a word"),
        ("1", BOOL, "a condition is wanted here, and this is a number"),
        ("line", Type("text", size_max=100), "this may be longer than 100 characters"),
        ("[memo, scan, tape, memo]", KINDS, "the list may hold more than 3"),
        ("['x']", KINDS, 'this is "x", which is not among memo, scan, tape'),
        ("[crowd]", KINDS, "a list holds only literals"),
    ],
)
def test_a_value_that_may_not_fit_is_refused(source: str, expected: Type, message: str) -> None:
    with pytest.raises(ExprError) as caught:
        parse_value(source, expected, HERE, SCOPE)
    assert caught.value.message == message


def test_a_reference_names_a_fact_or_a_family_of_them() -> None:
    assert parse_ref("crowd", SCOPE) == Fact("crowd", Type("int", 0, 100), False, (0, 5))
    pair = parse_ref("bond.me.who", SCOPE)
    assert isinstance(pair, Spread)
    assert pair.parts == ((False, "bond"), (True, "me"), (True, "who"))
    assert pair.name_at({"me": "mia", "who": "leo"}) == "bond.leo.mia"
    with pytest.raises(ExprError, match="not the name of a fact"):
        parse_ref("crowd + 1", SCOPE)


def test_an_expression_keeps_its_source_its_place_and_what_it_reads() -> None:
    expr = condition("crowd > 1 and who.mood == 'calm' or anyone.mood == 'calm'")
    assert expr.place == HERE
    assert expr.source.startswith("crowd > 1 and")
    assert expr.reads == {"crowd", "leo.mood", "mia.mood", "citizen.*.mood"}
    assert expr.specificity == 1


def test_threads_read_one_after_the_other_and_leave_the_warnings_as_they_were(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inside: list[int] = []
    at_once: list[int] = []
    read = ast.parse

    def slowly(*given: Any, **more: Any) -> Any:
        inside.append(1)
        time.sleep(0.002)  # another thread has its turn here, if it may come in
        at_once.append(len(inside))
        inside.pop()
        return read(*given, **more)

    before = list(warnings.filters)
    monkeypatch.setattr(ast, "parse", slowly)
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda k: condition(f"crowd > {k}").source, range(40)))
    assert found == [f"crowd > {k}" for k in range(40)]
    assert set(at_once) == {1}
    assert list(warnings.filters) == before


def test_who_is_disturbed_in_reading_reads_again(monkeypatch: pytest.MonkeyPatch) -> None:
    read, tries = ast.parse, []

    def disturbed(*given: Any, **more: Any) -> Any:
        tries.append(given)
        if len(tries) < 3:
            raise SystemError("AST constructor recursion depth mismatch (before=126, after=180)")
        return read(*given, **more)

    monkeypatch.setattr(ast, "parse", disturbed)
    assert condition("crowd > 1").source == "crowd > 1"
    assert len(tries) == 3
