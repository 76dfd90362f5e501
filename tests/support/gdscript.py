"""A parser of GDScript, as much of it as the example client uses.

It refuses what it does not know, lambdas for one, with the line it stands in. Trees are tuples:
(kind, …); a statement's last item is its line.
"""

import re
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

Tree = tuple[Any, ...]

TOKEN: Final = re.compile(
    r"""(?P<space>[ \t]+|\#.*)|(?P<float>\d+\.\d+)|(?P<int>0x[0-9a-fA-F]+|\d+)
    |(?P<text>"(?:[^"\\\n]|\\.)*")|(?P<name>[A-Za-z_]\w*)
    |(?P<sign>:=|->|==|!=|<=|>=|<<|>>|\+=|-=|\*=|\|=|[-+*/%<>=&|^~()\[\]{}:,.@])""",
    re.VERBOSE,
)
ESCAPED: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", '"': '"', "\\": "\\"}
KEYWORDS: Final = frozenset(
    "and as await break class class_name const continue elif else enum extends false for func if"
    " in is match not null or pass return self signal static true var while".split()
)
# From the loosest to the tightest; `in` and `not` stand between them, see Parser.
COMPARISONS: Final = ("==", "!=", "<", ">", "<=", ">=")
LEVELS: Final = (("|",), ("^",), ("&",), ("<<", ">>"), ("+", "-"), ("*", "/", "%"))


class GDScriptError(Exception):
    """The source is not what this parser, or the interpreter, knows as GDScript."""


class Token(NamedTuple):
    """One word of the source. kind: name, int, float, text, sign, newline, indent, dedent, end."""

    kind: str
    text: str
    line: int


@dataclass
class Param:
    """A parameter: its type ("" where there is none), and the tree of its default."""

    name: str
    type: str
    default: Tree | None


@dataclass
class Func:
    """A function of a script."""

    name: str
    params: list[Param]
    returns: str
    body: list[Tree]
    is_static: bool


@dataclass
class Script:
    """One file."""

    name: str = ""
    base: str = ""
    consts: dict[str, Tree] = field(default_factory=dict)
    fields: dict[str, tuple[str, Tree | None]] = field(default_factory=dict)
    signals: dict[str, list[str]] = field(default_factory=dict)
    funcs: dict[str, Func] = field(default_factory=dict)


def parse(source: str) -> Script:
    """Return a file's tree.

    Raises:
        GDScriptError: it is not GDScript, or none that is known here.
    """
    return Parser(tokens(source)).script()


def tokens(source: str) -> list[Token]:
    """Return the words of a source, with its indents; inside brackets lines do not end."""
    made: list[Token] = []
    depths, brackets = [0], 0
    for number, line in enumerate(source.split("\n"), 1):
        body = line.lstrip("\t")
        if not brackets:
            if not body.strip() or body.startswith("#"):
                continue
            if body.startswith(" "):
                raise GDScriptError(f"line {number}: indented by spaces")
            _indent(made, depths, len(line) - len(body), number)
        at = 0
        while at < len(body):
            found = TOKEN.match(body, at)
            if found is None:
                raise GDScriptError(f"line {number}: {body[at:]!r}")
            at = found.end()
            kind = str(found.lastgroup)
            if kind == "space":
                continue
            made.append(Token(kind, found[0], number))
            brackets += (found[0] in ("(", "[", "{")) - (found[0] in (")", "]", "}"))
        if not brackets:
            made.append(Token("newline", "", number))
    _indent(made, depths, 0, number)
    return [*made, Token("end", "", number)]


def _indent(made: list[Token], depths: list[int], depth: int, line: int) -> None:
    if depth > depths[-1]:
        depths.append(depth)
        made.append(Token("indent", "", line))
    while depth < depths[-1]:
        depths.pop()
        made.append(Token("dedent", "", line))
    if depth != depths[-1]:
        raise GDScriptError(f"line {line}: indented to nowhere")


class Parser:
    """Reads tokens from the first to the last."""

    def __init__(self, words: list[Token]) -> None:
        self._words = words
        self._at = 0

    # A file.

    def script(self) -> Script:
        made = Script()
        while self._word.kind != "end":
            self._annotations()
            if self._takes("class_name"):
                made.name = self._name()
                self._line_end()
            elif self._takes("extends"):
                made.base = self._name()
                self._line_end()
            elif self._takes("signal"):
                name = self._name()
                made.signals[name] = [p.name for p in self._params()] if self._is("(") else []
                self._line_end()
            elif self._is("const") or self._is("var"):
                is_const = self._is("const")
                _, name, kind, tree, _ = self._declared()
                if is_const:
                    made.consts[name] = tree
                else:
                    made.fields[name] = (kind, tree)
            else:
                func = self._func()
                made.funcs[func.name] = func
        return made

    def _func(self) -> Func:
        is_static = self._takes("static")
        self._needs("func")
        name = self._name()
        params = self._params()
        returns = self._type() if self._takes("->") else ""
        return Func(name, params, returns, self._block(), is_static)

    def _params(self) -> list[Param]:
        self._needs("(")
        made = []
        while not self._takes(")"):
            name, kind, default = self._name(), "", None
            if self._takes(":="):
                default = self._expr()
            else:
                kind = self._type() if self._takes(":") else ""
                default = self._expr() if self._takes("=") else None
            made.append(Param(name, kind, default))
            if not self._is(")"):
                self._needs(",")
        return made

    # Statements.

    def _block(self) -> list[Tree]:
        self._needs(":")
        if self._word.kind != "newline":
            return [self._statement()]
        self._line_end()
        self._kind("indent")
        made = []
        while self._word.kind != "dedent":
            made.append(self._statement())
        self._kind("dedent")
        return made

    def _statement(self) -> Tree:
        self._annotations()
        line = self._word.line
        if self._is("var") or self._is("const"):
            return self._declared()
        if self._takes("if"):
            return self._if(line)
        if self._takes("while"):
            return ("while", self._expr(), self._block(), line)
        if self._takes("for"):
            name = self._name()
            kind = self._type() if self._takes(":") else ""
            self._needs("in")
            return ("for", name, kind, self._expr(), self._block(), line)
        if self._takes("match"):
            return self._match(line)
        if self._takes("return"):
            tree = None if self._word.kind == "newline" else self._expr()
            self._line_end()
            return ("return", tree, line)
        for word in ("pass", "break", "continue"):
            if self._takes(word):
                self._line_end()
                return (word, line)
        return self._assigned(line)

    def _assigned(self, line: int) -> Tree:
        target = self._expr()
        for sign in ("=", "+=", "-=", "*=", "|="):
            if self._takes(sign):
                value = self._expr()
                self._line_end()
                if target[0] not in ("name", "attr", "item"):
                    raise GDScriptError(f"line {line}: cannot be assigned to")
                return ("assign", target, sign[:-1], value, line)
        self._line_end()
        return ("expr", target, line)

    def _declared(self) -> Tree:
        line = self._word.line
        kind = "" if self._takes("var") else self._needs("const")
        name, tree = self._name(), None
        kind = ""
        if self._takes(":="):
            tree = self._expr()
        else:
            kind = self._type() if self._takes(":") else ""
            tree = self._expr() if self._takes("=") else None
        self._line_end()
        return ("var", name, kind, tree, line)

    def _if(self, line: int) -> Tree:
        test, then = self._expr(), self._block()
        other: list[Tree] = []
        next_line = self._word.line
        if self._takes("elif"):
            other = [self._if(next_line)]
        elif self._takes("else"):
            other = self._block()
        return ("if", test, then, other, line)

    def _match(self, line: int) -> Tree:
        value = self._expr()
        self._needs(":")
        self._line_end()
        self._kind("indent")
        arms = []
        while self._word.kind != "dedent":
            patterns = [self._expr()]
            while self._takes(","):
                patterns.append(self._expr())
            arms.append((patterns, self._block()))
        self._kind("dedent")
        return ("match", value, arms, line)

    # Expressions, from the loosest to the tightest.

    def _expr(self) -> Tree:
        tree = self._or()
        if self._takes("if"):
            test = self._or()
            self._needs("else")
            return ("ternary", test, tree, self._expr())
        return tree

    def _or(self) -> Tree:
        tree = self._and()
        while self._takes("or"):
            tree = ("or", tree, self._and())
        return tree

    def _and(self) -> Tree:
        tree = self._not()
        while self._takes("and"):
            tree = ("and", tree, self._not())
        return tree

    def _not(self) -> Tree:
        return ("not", self._not()) if self._takes("not") else self._in()

    def _in(self) -> Tree:
        tree = self._compared()
        while self._is("in"):
            self._needs("in")
            tree = ("in", tree, self._compared())
        return tree

    def _compared(self) -> Tree:
        tree = self._level(0)
        while self._word.kind == "sign" and self._word.text in COMPARISONS:
            tree = ("binary", self._take(), tree, self._level(0))
        return tree

    def _level(self, level: int) -> Tree:
        if level == len(LEVELS):
            return self._unary()
        tree = self._level(level + 1)
        while self._word.kind == "sign" and self._word.text in LEVELS[level]:
            tree = ("binary", self._take(), tree, self._level(level + 1))
        return tree

    def _unary(self) -> Tree:
        if self._takes("-"):
            return ("minus", self._unary())
        tree = self._postfix()
        while self._takes("is"):
            tree = ("is", tree, self._type())
        return tree

    def _postfix(self) -> Tree:
        if self._takes("await"):
            return ("await", self._postfix())
        tree = self._atom()
        while True:
            line = self._word.line
            if self._takes("."):
                tree = ("attr", tree, self._name())
            elif self._takes("["):
                tree = ("item", tree, self._expr())
                self._needs("]")
            elif self._takes("("):
                tree = ("call", tree, self._items(")"), line)
            else:
                return tree

    def _atom(self) -> Tree:
        word = self._word
        self._at += 1
        match word.kind:
            case "int":
                return ("value", int(word.text, 0))
            case "float":
                return ("value", float(word.text))
            case "text":
                return ("value", re.sub(r"\\(.)", _unescaped, word.text[1:-1]))
            case "name" if word.text in ("true", "false", "null"):
                return ("value", {"true": True, "false": False, "null": None}[word.text])
            case "name" if word.text not in KEYWORDS or word.text == "self":
                return ("name", word.text)
        if word.text == "(":
            tree = self._expr()
            self._needs(")")
            return tree
        if word.text == "[":
            return ("array", self._items("]"))
        if word.text == "{":
            return self._dictionary()
        raise GDScriptError(f"line {word.line}: {word.text or word.kind!r} may not stand here")

    def _items(self, end: str) -> list[Tree]:
        made = []
        while not self._takes(end):
            made.append(self._expr())
            if not self._is(end):
                self._needs(",")
        return made

    def _dictionary(self) -> Tree:
        pairs = []
        while not self._takes("}"):
            key = self._expr()
            self._needs(":")
            pairs.append((key, self._expr()))
            if not self._is("}"):
                self._needs(",")
        return ("dict", pairs)

    # Words.

    @property
    def _word(self) -> Token:
        return self._words[self._at]

    def _is(self, text: str) -> bool:
        return self._word.text == text and self._word.kind in ("name", "sign")

    def _take(self) -> str:
        self._at += 1
        return self._words[self._at - 1].text

    def _takes(self, text: str) -> bool:
        is_it = self._is(text)
        self._at += is_it
        return is_it

    def _needs(self, text: str) -> str:
        if not self._takes(text):
            word = self._word
            raise GDScriptError(f"line {word.line}: {text!r}, not {word.text or word.kind!r}")
        return text

    def _kind(self, kind: str) -> str:
        word = self._word
        if word.kind != kind:
            raise GDScriptError(f"line {word.line}: {kind}, not {word.text or word.kind!r}")
        return self._take()

    def _name(self) -> str:
        name = self._kind("name")
        if name in KEYWORDS:
            raise GDScriptError(f"line {self._word.line}: {name} is no name")
        return name

    def _type(self) -> str:
        name = "null" if self._takes("null") else self._name()
        if self._takes("["):
            self._items("]")
        return name

    def _line_end(self) -> None:
        self._kind("newline")

    def _annotations(self) -> None:
        while self._takes("@"):
            self._name()
            if self._takes("("):
                self._items(")")
            if self._word.kind == "newline":
                self._line_end()


def _unescaped(found: re.Match[str]) -> str:
    if found[1] not in ESCAPED:
        raise GDScriptError(f"\\{found[1]} is not known")
    return ESCAPED[found[1]]
