"""Runs GDScript that was parsed by gdscript.py, strictly: what Godot would refuse is refused.

Whole numbers are of 64 bits and divide toward nought, a declared type is kept to, a name that was
not declared is an error. Godot's own classes are Python objects that the test hands in. What waits
(`await`) is not run.
"""

import hashlib
import random
from collections.abc import Callable, Iterable
from typing import Any, Final

from support.gdscript import Func, GDScriptError, Script, Tree

TYPES: Final[dict[str, tuple[type, ...]]] = {
    "int": (int,), "float": (float, int), "String": (str,), "bool": (bool,), "Array": (list,),
    "Dictionary": (dict,),
}  # fmt: skip
DEFAULTS: Final = {"int": 0, "float": 0.0, "String": "", "bool": False}


class Return(Exception):
    """A function returns."""


class LoopEnds(Exception):
    """`break`, or `continue` where `goes_on`."""

    def __init__(self, goes_on: bool) -> None:
        self.goes_on = goes_on


class Signal:
    """A signal of an object; `heard` are the arguments of each time it was emitted."""

    def __init__(self) -> None:
        self.heard: list[list[Any]] = []

    def emit(self, *args: Any) -> None:
        self.heard.append([*args])


class Class:
    """A script's class: `new`, its constants and static functions."""

    def __init__(self, script: Script, world: "World") -> None:
        self.script = script
        self.world = world
        self.consts = {name: world.eval(tree, {}, self) for name, tree in script.consts.items()}

    def new(self, *args: Any) -> "Object":
        made = Object(self)
        if "_init" in self.script.funcs:
            made.call("_init", *args)
        return made

    def get(self, name: str) -> Any:
        if name == "new":
            return self.new
        if name in self.consts:
            return self.consts[name]
        func = self.script.funcs.get(name)
        if func is None or not func.is_static:
            raise GDScriptError(f"{self.script.name} has no static {name}")
        return lambda *args: self.world.run(func, args, self)


class Object:
    """An object of a script's class."""

    def __init__(self, of: Class) -> None:
        self.of = of
        self.fields: dict[str, Any] = {name: Signal() for name in of.script.signals}
        for name, (kind, tree) in of.script.fields.items():
            value = DEFAULTS.get(kind) if tree is None else of.world.eval(tree, {}, self)
            self.fields[name] = checked(value, kind, name)

    def call(self, name: str, *args: Any) -> Any:
        """Call a function of it, from Python."""
        return self.of.world.run(self.of.script.funcs[name], args, self)

    def get(self, name: str) -> Any:
        if name in self.fields:
            return self.fields[name]
        func = self.of.script.funcs.get(name)
        if func is None:
            return self.of.get(name)
        return lambda *args: self.of.world.run(func, args, None if func.is_static else self)


class World:
    """The classes that know of one another, and the names of Godot's that a test hands in.

    `waits` is called with who waits and for which signal, and returns what comes of it.
    """

    def __init__(
        self,
        scripts: Iterable[Script],
        waits: Callable[[Any, Signal], Any] | None = None,
        **godot: Any,
    ) -> None:
        self.names: dict[str, Any] = {**BUILT_IN, **godot}
        self.waits = waits
        for script in scripts:
            self.names[script.name] = Class(script, self)

    def run(self, func: Func, args: Iterable[Any], me: "Object | Class | None") -> Any:
        """Call a function."""
        given = [*args]
        known: dict[str, Any] = {}
        if len(given) > len(func.params):
            raise GDScriptError(f"{func.name}: too many arguments")
        for at, param in enumerate(func.params):
            if at >= len(given) and param.default is None:
                raise GDScriptError(f"{func.name}: {param.name} is missing")
            value = given[at] if at < len(given) else self.eval(param.default, known, me)
            known[param.name] = checked(value, param.type, param.name)
        try:
            self.block(func.body, known, me or self._home(func))
        except Return as done:
            (value,) = done.args
            if func.returns == "void" and value is not None:
                raise GDScriptError(f"{func.name} gives something") from None
            return checked(value, func.returns, func.name)
        if func.returns not in ("", "void"):
            raise GDScriptError(f"{func.name} gives nothing")
        return None

    def _home(self, func: Func) -> Class:
        """Return the class that a static function is of."""
        classes = [one for one in self.names.values() if isinstance(one, Class)]
        return next(one for one in classes if one.script.funcs.get(func.name) is func)

    # Statements.

    def block(self, body: list[Tree], known: dict[str, Any], me: Any) -> None:
        for statement in body:
            try:
                self._do(statement, known, me)
            except GDScriptError as error:
                if error.args[0].startswith("line "):
                    raise
                raise GDScriptError(f"line {statement[-1]}: {error}") from error

    def _do(self, tree: Tree, known: dict[str, Any], me: Any) -> None:
        match tree:
            case ("expr", value, _):
                self.eval(value, known, me)
            case ("var", name, kind, value, _):
                start = DEFAULTS.get(kind) if value is None else self.eval(value, known, me)
                known[name] = checked(start, kind, name)
            case ("assign", target, sign, value, _):
                new = self.eval(value, known, me)
                if sign:
                    new = binary(sign, self.eval(target, known, me), new)
                self._assign(target, new, known, me)
            case ("if", test, then, other, _):
                self.block(then if truth(self.eval(test, known, me)) else other, known, me)
            case ("while", test, body, _):
                while truth(self.eval(test, known, me)) and self._loop(body, known, me):
                    pass
            case ("for", name, _, over, body, _):
                items = self.eval(over, known, me)
                for item in range(items) if isinstance(items, int) else items:
                    known[name] = item
                    if not self._loop(body, known, me):
                        break
            case ("match", value, arms, _):
                wanted = self.eval(value, known, me)
                for patterns, body in arms:
                    if any(
                        p == ("name", "_") or self.eval(p, known, me) == wanted for p in patterns
                    ):
                        self.block(body, known, me)
                        break
            case ("return", value, _):
                raise Return(None if value is None else self.eval(value, known, me))
            case ("break" | "continue" as word, _):
                raise LoopEnds(word == "continue")
            case ("pass", _):
                pass

    def _loop(self, body: list[Tree], known: dict[str, Any], me: Any) -> bool:
        """Run a loop's body once; return whether it goes on."""
        try:
            self.block(body, known, me)
        except LoopEnds as ends:
            return ends.goes_on
        return True

    def _assign(self, target: Tree, value: Any, known: dict[str, Any], me: Any) -> None:
        match target:
            case ("name", name) if name in known:
                known[name] = value
            case ("name", name) if isinstance(me, Object) and name in me.fields:
                kind = me.of.script.fields[name][0]
                me.fields[name] = checked(value, kind, name)
            case ("item", of, key):
                self.eval(of, known, me)[self.eval(key, known, me)] = value
            case ("attr", of, name):
                thing = self.eval(of, known, me)
                if isinstance(thing, Object):
                    thing.fields[name] = value
                elif hasattr(thing, name):
                    setattr(thing, name, value)
                else:
                    raise GDScriptError(f"there is no {name} to be set")
            case _:
                raise GDScriptError(f"{target[1]} was not declared")

    # Expressions.

    def eval(self, tree: Tree | None, known: dict[str, Any], me: Any) -> Any:
        match tree:
            case ("value", value):
                return value
            case ("name", name):
                return self._named(name, known, me)
            case ("array", items):
                return [self.eval(item, known, me) for item in items]
            case ("dict", pairs):
                return {self.eval(k, known, me): self.eval(v, known, me) for k, v in pairs}
            case ("ternary", test, then, other):
                return self.eval(then if truth(self.eval(test, known, me)) else other, known, me)
            case ("and", a, b):
                return truth(self.eval(a, known, me)) and truth(self.eval(b, known, me))
            case ("or", a, b):
                return truth(self.eval(a, known, me)) or truth(self.eval(b, known, me))
            case ("not", a):
                return not truth(self.eval(a, known, me))
            case ("minus", a):
                return wrapped(-self.eval(a, known, me))
            case ("in", a, b):
                return self.eval(a, known, me) in self.eval(b, known, me)
            case ("is", a, kind):
                return is_of(self.eval(a, known, me), kind)
            case ("binary", sign, a, b):
                return binary(sign, self.eval(a, known, me), self.eval(b, known, me))
            case ("item", of, key):
                return self._item(self.eval(of, known, me), self.eval(key, known, me))
            case ("attr", of, name):
                return attribute(self.eval(of, known, me), name)
            case ("call", func, args, _):
                return self.eval(func, known, me)(*[self.eval(arg, known, me) for arg in args])
            case ("await", of):
                value = self.eval(of, known, me)
                if not isinstance(value, Signal):
                    return value  # a function that has done its waiting by now
                if self.waits is not None:
                    return self.waits(me, value)
        raise GDScriptError(f"{tree and tree[0]} is not run here")

    def _named(self, name: str, known: dict[str, Any], me: Any) -> Any:
        if name in known:
            return known[name]
        if name == "self":
            return me
        if isinstance(me, Object) and (name in me.fields or name in me.of.script.funcs):
            return me.get(name)
        of = me.of if isinstance(me, Object) else me
        if isinstance(of, Class) and (name in of.consts or name in of.script.funcs):
            return of.get(name)
        if name in self.names:
            return self.names[name]
        raise GDScriptError(f"{name} was not declared")

    @staticmethod
    def _item(of: Any, key: Any) -> Any:
        if isinstance(of, dict) and key not in of:
            raise GDScriptError(f"there is no key {key!r}")
        return of[key]


def checked(value: Any, kind: str, name: str) -> Any:
    """Return a value that is of a declared type; a fraction becomes whole as Godot makes it."""
    if kind == "int" and isinstance(value, float):
        return int(value)
    if kind in TYPES and not is_of(value, kind):
        raise GDScriptError(f"{name} is {kind}, not {value!r}")
    return value


def is_of(value: Any, kind: str) -> bool:
    """Return whether a value is of a type."""
    if kind not in TYPES:
        raise GDScriptError(f"the type {kind} is not known here")
    if isinstance(value, bool):
        return kind == "bool"
    if kind == "float":
        return isinstance(value, float)
    return isinstance(value, TYPES[kind])


def truth(value: Any) -> bool:
    return bool(value)


def wrapped(value: Any) -> Any:
    """Return a whole number as 64 bits hold it."""
    if type(value) is not int:
        return value
    return (value + 2**63) % 2**64 - 2**63


def binary(sign: str, a: Any, b: Any) -> Any:
    """Return `a sign b`."""
    if sign == "%" and isinstance(a, str):
        return a % (tuple(b) if isinstance(b, list) else b)
    if sign in ("==", "!="):
        is_comparable = a is None or b is None or type(a) is type(b) or _are_numbers(a, b)
        if not is_comparable:
            raise GDScriptError(f"{a!r} cannot be compared with {b!r}")
        return (a == b) is (sign == "==")
    if not (_are_numbers(a, b) or (isinstance(a, str) and isinstance(b, str))):
        raise GDScriptError(f"{a!r} {sign} {b!r}")
    if sign in ("<<", ">>") and (a < 0 or b < 0):
        raise GDScriptError("negative numbers are not shifted")
    return wrapped(OPERATORS[sign](a, b))


def _are_numbers(a: Any, b: Any) -> bool:
    return all(isinstance(one, int | float) and not isinstance(one, bool) for one in (a, b))


def _divided(a: Any, b: Any) -> Any:
    if isinstance(a, float) or isinstance(b, float):
        return a / b
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


OPERATORS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": _divided,
    "%": lambda a, b: a - b * _divided(a, b), "<": lambda a, b: a < b, ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b, ">=": lambda a, b: a >= b, "&": lambda a, b: a & b,
    "|": lambda a, b: a | b, "^": lambda a, b: a ^ b, "<<": lambda a, b: a << b,
    ">>": lambda a, b: a >> b,
}  # fmt: skip


def attribute(of: Any, name: str) -> Any:
    """Return a method or field of a value."""
    if isinstance(of, Object | Class):
        return of.get(name)
    methods = METHODS.get(type(of))
    if methods is None:
        if hasattr(of, name):
            return getattr(of, name)
    elif name in methods:
        return lambda *args: methods[name](of, *args)
    raise GDScriptError(f"{type(of).__name__} has no {name}")


def _sorted(items: list[Any], is_before: Callable[[Any, Any], bool]) -> None:
    made: list[Any] = []
    for item in items:
        at = next((i for i, one in enumerate(made) if is_before(item, one)), len(made))
        made.insert(at, item)
    items[:] = made


def _merged(into: dict[Any, Any], other: dict[Any, Any], overwrites: bool = False) -> None:
    for key, value in other.items():
        if overwrites or key not in into:
            into[key] = value


METHODS: Final[dict[type, dict[str, Callable[..., Any]]]] = {
    str: {
        "length": len,
        "unicode_at": lambda text, at: ord(text[at]),
        "sha256_buffer": lambda text: hashlib.sha256(text.encode()).digest(),
        "join": lambda text, parts: text.join(parts),
        "begins_with": lambda text, start: text.startswith(start),
        "contains": lambda text, part: part in text,
        "find": lambda text, part, start=0: text.find(part, start),
        "left": lambda text, count: text[:count],
        "substr": lambda text, start: text[start:],
    },
    bytes: {"get_string_from_utf8": lambda packet: packet.decode()},
    list: {
        "size": len,
        "append": list.append,
        "append_array": list.extend,
        "is_empty": lambda items: not items,
        "remove_at": lambda items, at: (items.pop(at), None)[1],
        "sort_custom": _sorted,
    },
    dict: {
        "size": len,
        "get": dict.get,
        "has": dict.__contains__,
        "keys": lambda map_: [*map_],
        "values": lambda map_: [*map_.values()],
        "erase": lambda map_, key: map_.pop(key, map_) is not map_,
        "duplicate": dict.copy,
        "is_empty": lambda map_: not map_,
        "merge": _merged,
    },
}

BUILT_IN: Final[dict[str, Any]] = {
    "maxi": max, "mini": min, "absi": abs, "posmod": lambda a, b: a % b, "range": range,
    "str": lambda value: f"{value}", "int": int, "randf": random.random, "OK": 0,
    "PackedStringArray": lambda items=(): [*items],
}  # fmt: skip
