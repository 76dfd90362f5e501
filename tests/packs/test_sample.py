"""The sample pack."""

from dreamsync_server.packs import check_files
from dreamsync_server.packs.sample import SAMPLE


def test_the_sample_has_no_fault_and_no_warning() -> None:
    checked = check_files(SAMPLE)
    assert checked.faults == ()
    assert checked.pack is not None
    assert checked.pack.id == "sample"
