"""Other versions of the code for a rolling upgrade, which the suite plays beside other faults."""

from pathlib import Path

import pytest

from dreamsync_server.store import codec
from faults import versions
from faults.matrix import run_row
from faults.rows import ROWS

SEED = "20450608"


@pytest.mark.slow
async def test_nodes_are_replaced_by_an_earlier_commit_of_the_code_and_back(tmp_path: Path) -> None:
    if why := versions.why_no_history():
        pytest.skip(why)
    outcome = await run_row(ROWS["upgrade-from-history"], tmp_path, 8, SEED)
    assert outcome.is_good, (outcome.faults[:5], outcome.stuck)
    assert outcome.runs == 8


def test_a_version_that_is_made_differs_in_what_it_writes_and_says(tmp_path: Path) -> None:
    tree = versions.next_version(tmp_path)
    (server,) = tree.paths
    text = (server / "dreamsync_server" / "store" / "codec.py").read_text()
    assert f"VERSION: Final = {codec.VERSION + 1} " in text
    assert "what is new in it" in text
    assert '"+next"' in (server / "dreamsync_server" / "cli" / "about.py").read_text()


def test_a_tree_without_what_is_to_be_changed_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "codec.py"
    path.write_text("VERSION = 7")
    with pytest.raises(AssertionError, match="has not one 'VERSION: Final'"):
        versions._change(path, ("VERSION: Final", "VERSION: Final"))
