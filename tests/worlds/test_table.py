"""Every row of the stories' systems is in a file of its world and in a test, as the page says."""

import pytest
from worlds.table import README, ROWS, files_of, proofs_of, worlds_with_tests, written


def test_the_expo_has_tests_of_its_rows() -> None:
    assert "expo" in worlds_with_tests()


@pytest.mark.parametrize("world", worlds_with_tests())
def test_no_row_is_without_a_test(world: str) -> None:
    assert [row for row in ROWS[world] if row not in proofs_of(world)] == []


@pytest.mark.parametrize("world", worlds_with_tests())
def test_no_row_is_without_a_file_that_does_it(world: str) -> None:
    assert [row for row in ROWS[world] if row not in files_of(world)] == []


@pytest.mark.parametrize("world", worlds_with_tests())
def test_nothing_is_marked_or_tested_for_a_row_that_is_not(world: str) -> None:
    assert {*files_of(world), *proofs_of(world)} <= set(ROWS[world])


def test_the_page_holds_the_table_as_it_is() -> None:
    page = README.read_text("utf-8")
    assert page == written(page), "write it: PYTHONPATH=tests python -m worlds.table"
