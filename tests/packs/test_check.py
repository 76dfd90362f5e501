"""The whole check: verdicts for people and for programs."""

import json
from pathlib import Path

import pytest

from dreamsync_server.packs import check_files, check_folder
from dreamsync_server.packs.check import main
from dreamsync_server.packs.sample import SAMPLE


def test_the_shipped_worlds_have_no_fault_at_all(checkout: Path) -> None:
    for folder in sorted((checkout / "worlds").glob("*/")):
        checked = check_folder(folder)
        assert checked.faults == (), folder.name
        assert checked.pack is not None


def test_a_verdict_can_be_written_as_json() -> None:
    verdict = json.loads(json.dumps(check_files(SAMPLE).as_dict()))
    assert (verdict["ok"], verdict["id"], verdict["faults"]) == (True, "sample", [])
    assert verdict["counts"]["actions"] == 2

    broken = check_files({**SAMPLE, "more.yaml": "sets: {a: [adda]}"}).as_dict()
    assert broken["ok"] is False
    assert broken["faults"] == [
        {
            "code": "unknown_id", "severity": "error", "file": "more.yaml", "line": 1, "column": 12,
            "what": "set 'a': there is no role, scene or thing 'adda'", "suggestion": "ada",
        }
    ]  # fmt: skip


def test_main_prints_and_returns_the_exit_code(
    checkout: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(str(checkout / "worlds" / "starter")) == 0
    assert capsys.readouterr().out.startswith("starter can be played: 3 roles, 3 scenes")
    assert main(str(tmp_path / "none")) == 1
    assert "pack.yaml:1:1: there is no folder none" in capsys.readouterr().out


def test_of_a_pack_with_an_unreadable_file_what_may_stand_in_it_is_not_missed() -> None:
    given = {**SAMPLE, "text/en.yaml": "title: A: B\n", "more.yaml": "sets: {a: [ada]}"}
    assert [fault.code for fault in check_files(given).faults] == ["yaml_syntax"]
    given = {**SAMPLE, "base.yaml": SAMPLE["base.yaml"] + "x: [\n"}
    assert [fault.code for fault in check_files(given).faults] == ["yaml_syntax"]


def test_beside_an_unreadable_file_what_is_wrong_in_any_case_is_told_too() -> None:
    more = (
        "facts: {f: {type: itn, visibel: all}}\n"
        "laws: {l: {when: calm => 1, do: [], onec: true}}\n"
        "rolls: {}\n"
    )
    given = {**SAMPLE, "broken.yaml": "a:\n\tb: 1\n", "more.yaml": more}
    told = [f"{f.code} {f.file}:{f.line}" for f in check_files(given).faults]
    assert told == [
        "yaml_syntax broken.yaml:2",
        "unknown_word more.yaml:1",
        "unknown_key more.yaml:1",
        "expression more.yaml:2",
        "unknown_key more.yaml:2",
        "unknown_section more.yaml:3",
    ]


def test_scenes_that_may_be_in_an_unreadable_file_are_not_missed_as_words_either() -> None:
    law = "laws: {l: {when: ada.scene == 'cellar', do: [{move: {who: ada, to: cellar}}]}}\n"
    given = {**SAMPLE, "broken.yaml": "a:\n\tb: 1\n", "more.yaml": law}
    assert [fault.file for fault in check_files(given).faults] == ["broken.yaml"]


def test_an_empty_header_is_told_and_a_tab_is_named() -> None:
    for head in ("", "null\n", "# only this\n"):
        told = [fault.what for fault in check_files({**SAMPLE, "pack.yaml": head}).faults]
        assert "the pack has no 'format'" in told
        assert "the pack has no 'id'" in told
    assert [f.what for f in check_files({**SAMPLE, "pack.yaml": "- a\n"}).faults] == [
        "a file of a pack is a mapping: `name: ...` lines"
    ]
    tab = check_files({**SAMPLE, "more.yaml": "sets:\n\ta: [ada]\n"}).faults[0]
    assert (tab.line, tab.column, tab.what) == (2, 1, "a tab cannot indent here: YAML wants spaces")
