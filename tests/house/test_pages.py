"""The rules of the house, for pages and for the JavaScript SDK."""

import re
from pathlib import Path

import pytest
from house.test_tidy import COLUMNS_MAX, LINES_MAX_FILE, ROOT

from dreamsync.protocol.codes import CLOSES

WEB = ROOT / "client_sdk" / "dreamsync_web"
PAGES = sorted(path for path in (WEB / "pages").rglob("*") if path.is_file())
SCRIPTS = sorted(path for folder in ("pages", "sdk") for path in (WEB / folder).rglob("*.js"))
# Text of people and packs is put into pages as text, and only as text; the log is the one memory.
FORBIDDEN = re.compile(
    r"innerHTML|outerHTML\s*=|insertAdjacentHTML|dangerouslySet|document\.write\("
    r"|\beval\(|new Function"
    r"|document\.cookie|localStorage|setAttribute\(\s*[\"']style"
)
REFUSED = re.compile(r'PeerError\("([a-z_]+)", "([^"]+)"\)')
OF_PROGRAMS = ("not_entered", "unknown_type", "unknown_beat")  # no page ever does what they refuse
OUTSIDE = re.compile(r"(?:https?|wss?):(?://)[a-z]", re.IGNORECASE)
OUR_OWN = ("http://www.w3.org/", "ws://127.0.0.1:8765")
COLUMNS_MAX_MARKUP = 200  # lines of markup in scripts are not broken where that would add spaces
FIRST_LOAD_FILES_MAX = 25
FIRST_LOAD_BYTES_MAX = 150 * 1024


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.relative_to(WEB).as_posix())
def test_a_script_has_the_shape_of_the_house(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    assert lines[0].startswith("// "), "its first line says what it is for"
    assert len(lines) <= LINES_MAX_FILE
    most = COLUMNS_MAX_MARKUP if "pages" in path.parts else COLUMNS_MAX + 20
    long = [number for number, line in enumerate(lines, 1) if len(line) > most]
    assert not long, f"lines {long} are too long"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(WEB).as_posix())
def test_a_page_shows_text_as_text_and_asks_nobody_else(path: Path) -> None:
    text = path.read_text("utf-8")
    found = FORBIDDEN.search(text)
    assert found is None, f"{found[0] if found else ''} is not for pages"
    for own in OUR_OWN:
        text = text.replace(own, "")
    outside = OUTSIDE.search(text)
    assert outside is None, "pages load and name nothing outside their node"
    if path.suffix == ".html":
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\bsrc=)", text)
        assert '<html lang="' in text
        assert 'name="viewport"' in text


def test_what_a_server_tells_people_outside_of_a_world_is_there_in_german() -> None:
    said = {close.meaning for close in CLOSES if close.fault != "client" and not close.may_resume}
    for path in (ROOT / "server" / "dreamsync_server" / "gateway").glob("*.py"):
        for code, text in REFUSED.findall(path.read_text("utf-8")):
            if code not in OF_PROGRAMS:
                said.add(text)
    assert len(said) > 20
    known = (WEB / "pages" / "shared" / "told.de.js").read_text("utf-8")
    assert [text for text in sorted(said) if f'  "{text}":' not in known] == []


def test_all_words_of_the_chrome_are_there_in_german() -> None:
    said = set[str]()
    for path in (WEB / "pages").rglob("*.js"):
        if path.name.startswith("words") or "lab" in path.parts:
            continue
        for call in re.findall(r"\bt\(([^()`{}]*)", path.read_text("utf-8")):
            said |= set(re.findall(r'"([^"]*[a-z][^"]*)"', call))
    known = (WEB / "pages" / "shared" / "words.de.js").read_text("utf-8")
    assert len(said) > 150
    assert [text for text in sorted(said) if f'  "{text}":' not in known] == []


def test_every_module_of_the_sdk_that_programs_import_is_typed() -> None:
    assert (WEB / "sdk" / "dreamsync.d.ts").is_file()
    source = (WEB / "sdk" / "dreamsync.js").read_text("utf-8")
    typed = (WEB / "sdk" / "dreamsync.d.ts").read_text("utf-8")
    for name in re.findall(r"export (?:async )?(?:class|function) (\w+)", source):
        assert re.search(rf"export (?:class|function|interface) {name}\b", typed), name
