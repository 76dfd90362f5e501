"""From an author's text to a typed, compiled expression, or to the one fault in it.

The text is read by Python's own parser and then only walked: nothing of it is ever executed.
What is not on the list here is refused, whatever it is.
"""

import ast
import contextlib
import re
import threading
import warnings

from dreamsync_server.limits import EXPR_CHARS_MAX, EXPR_DEPTH_MAX, EXPR_NODES_MAX
from dreamsync_server.world.compile import compile_node
from dreamsync_server.world.expr import (
    BOOL,
    Const,
    ExprError,
    Fact,
    Node,
    Spread,
    reads_of,
    specificity_of,
)
from dreamsync_server.world.model import Expr, Place, Type
from dreamsync_server.world.reader import Reader
from dreamsync_server.world.scope import Scope, closest, resolve
from dreamsync_server.world.typing_rules import require_fits, type_of

# A pack is read in a thread while the loop reads what a desk watches, and neither half of reading
# bears that: `ast` of Python 3.11 counts its depth for all threads together and fails where two
# meet, and of two that change which warnings count the later one puts back what the other had set.
_ONE_READS = threading.Lock()
_TRIES = 3
_BLANKS = str.maketrans("\n\r\t\f\v", "     ")
_PATH = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*")
_HINTS: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (re.compile(r"[“”„‟‘’«»]"), "words stand in straight quotes", '"'),
    (re.compile(r"&&"), "`&&` is not known here", "and"),
    (re.compile(r"\|\|"), "`||` is not known here", "or"),
    (re.compile(r"!(?!=)"), "`!` is not known here", "not"),
    (re.compile(r"(?<![=!<>:])=(?!=)"), "a condition compares with `==`", "=="),
)


def parse(source: str, place: Place, scope: Scope) -> Expr:
    """Return an expression of any type.

    Raises ExprError for every text that is not one; no other error comes out of any text.
    """
    return _parse(source, None, place, scope)


def parse_condition(source: str, place: Place, scope: Scope) -> Expr:
    """Return an expression that is true or false. Raises ExprError."""
    return _parse(source, BOOL, place, scope)


def parse_value(source: str, expected: Type, place: Place, scope: Scope) -> Expr:
    """Return an expression whose value fits a type; raises ExprError.

    A bare word that is one of the type's choices is that choice. An int of any size fits an int
    type: whoever takes it clamps it.
    """
    return _parse(source, expected, place, scope)


def parse_ref(source: str, scope: Scope) -> Fact | Spread:
    """Return the fact that an effect names; raises ExprError where it is none."""
    path = source.strip()
    start = len(source) - len(source.lstrip())
    if len(source) > EXPR_CHARS_MAX or not _PATH.fullmatch(path):
        raise ExprError("this is not the name of a fact", start, closest(path[:80], scope.facts))
    return resolve(path, scope, (start, start + len(path)))


def _parse(source: str, expected: Type | None, place: Place, scope: Scope) -> Expr:
    try:
        node = _bare_word(source, expected) or _read(source, scope, expected)
        if expected is not None:
            require_fits(node, expected, source)
        run = compile_node(node)
    except RecursionError:
        # Depth is bounded; but the caller may have left us little stack.
        raise ExprError("the expression is nested too deeply", 0) from None
    return Expr(
        source=source,
        place=place,
        type=node.type,
        reads=reads_of(node),
        specificity=specificity_of(node) if node.type.kind == "bool" else 0,
        run=run,
        node=node,
    )


def _bare_word(source: str, expected: Type | None) -> Const | None:
    word = source.strip()
    if expected is None or expected.kind != "choice" or word not in expected.choices:
        return None
    start = source.index(word)
    return Const(word, type_of(word), (start, start + len(word)))


def _read(source: str, scope: Scope, expected: Type | None) -> Node:
    if len(source) > EXPR_CHARS_MAX:
        raise ExprError(f"longer than {EXPR_CHARS_MAX} characters", EXPR_CHARS_MAX)
    text = source.translate(_BLANKS)
    start = len(text) - len(text.lstrip(" "))
    if start == len(text):
        raise ExprError("nothing is written here", 0)
    for character, what in (("\\", "a backslash"), ("\0", "a null character")):
        if character in text:
            raise ExprError(f"{what} has no place in an expression", text.index(character))
    tree = _python_tree(text[start:], start)
    reader = Reader(text, start, scope)
    _require_small(tree, reader)
    return reader.read(tree, expected)


def _python_tree(text: str, start: int) -> ast.expr:
    try:
        with _ONE_READS, warnings.catch_warnings():
            # What Python only warns of (`1and 2`) is a fault here.
            warnings.simplefilter("error")
            tree = _read_by_python(text)
    except SyntaxError as error:
        raise _syntax_fault(text, start, error) from None
    except (ValueError, RecursionError, MemoryError, OverflowError):
        raise ExprError("this cannot be read as an expression", start) from None
    end = tree.end_col_offset or 0
    rest = text.encode()[end:].decode()
    if "#" in rest:
        raise ExprError("a comment has no place in an expression", start + text.rindex("#"))
    return tree


def _read_by_python(text: str) -> ast.expr:
    """Return what `ast` makes of a text.

    It is asked again where it was disturbed: a traceback is printed by its help too, in another
    thread or, while garbage is collected, in the midst of this very call.
    """
    for _ in range(_TRIES):
        with contextlib.suppress(SystemError):
            return ast.parse(text, mode="eval").body
    return ast.parse(text, mode="eval").body


def _syntax_fault(text: str, start: int, error: SyntaxError) -> ExprError:
    for pattern, message, suggestion in _HINTS:
        found = pattern.search(text)
        if found is not None:
            return ExprError(message, start + found.start(), suggestion)
    # At the end of the text Python gives no column.
    offset = min(error.offset - 1, len(text)) if error.offset else len(text)
    return ExprError(f"this cannot be read: {error.msg}", start + offset)


def _require_small(tree: ast.expr, reader: Reader) -> None:
    level: list[ast.AST] = [tree]
    nodes = depth = 0
    while level:
        nodes += len(level)
        depth += 1
        if nodes > EXPR_NODES_MAX or depth > EXPR_DEPTH_MAX:
            what = "is too long" if nodes > EXPR_NODES_MAX else "is nested too deeply"
            raise ExprError(f"the expression {what}", reader.start)
        level = [below for one in level for below in ast.iter_child_nodes(one)]
