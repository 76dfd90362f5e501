"""The plugin: tests that lie in a pack's folder, or name a pack."""

import shutil

import pytest
from support.packs import WORLDS

pytest_plugins = ["pytester"]

TESTS = """
def test_reach(story):
    assert story.reaches("action.make_tea").goal.id == "make_tea"

def test_too_much(story):
    story.never_sees("ada", "night.opens", runs=1)

def test_any(story_of):
    assert story_of("starter").pack.id == "starter"
"""
PLUGIN = ("-p", "no:cacheprovider")


def test_a_test_beside_a_pack_has_its_story(pytester: pytest.Pytester) -> None:
    folder = pytester.path / "starter"
    shutil.copytree(WORLDS / "starter", folder)
    (folder / "test_story.py").write_text(TESTS)
    result = pytester.runpytest_subprocess(*PLUGIN, str(folder))
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["*ada sees night.opens at 0:00 of trial 0*"])


def test_a_project_may_name_its_pack_and_else_is_asked(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(story): assert story.pack.id == 'starter'")
    pytester.runpytest_subprocess(*PLUGIN).assert_outcomes(errors=1)
    pytester.makeini("[pytest]\ndreamsync_pack = starter\n")
    pytester.runpytest_subprocess(*PLUGIN).assert_outcomes(passed=1)
