"""Every code of the catalogue is told by its example, alone and at its place."""

import pathlib
import re

import pytest
from support.sample import take_mark

from dreamsync_server.packs import check_files
from dreamsync_server.packs.catalogue import CATALOGUE, MARK
from dreamsync_server.packs.sample import SAMPLE

# Made by files on disk, or by very large ones: tests/packs/test_read.py and others.
ELSEWHERE = {
    "file_missing", "file_name", "file_link", "file_size", "file_unreadable", "file_encoding",
    "wrong_pack_id", "yaml_nodes", "odds",
}  # fmt: skip


@pytest.mark.parametrize("code", [code for code in CATALOGUE if code not in ELSEWHERE])
def test_the_example_of_a_code_has_that_fault_alone_at_its_mark(code: str) -> None:
    files, place = take_mark(CATALOGUE[code].example)

    faults = check_files({**SAMPLE, **files}).faults

    assert [f"{f.code} {f.file}:{f.line}:{f.column}" for f in faults] == [f"{code} {place}"], faults
    assert faults[0].severity == CATALOGUE[code].severity


def test_only_codes_that_no_text_can_make_have_no_example() -> None:
    assert {code for code, kind in CATALOGUE.items() if not kind.example} == ELSEWHERE


def test_the_catalogue_and_the_source_know_the_same_codes(checkout: pathlib.Path) -> None:
    source = "\n".join(
        path.read_text("utf-8")
        for path in sorted((checkout / "server/dreamsync_server/packs").glob("*.py"))
        if path.name != "catalogue.py"
    )

    for code in CATALOGUE:
        assert re.search(rf'"{code}"', source), code
    assert MARK not in source
