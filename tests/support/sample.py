"""Builds packs for tests: the sample pack with files put into it, and where a mark stands."""

from collections.abc import Mapping

from dreamsync_server.packs import Checked, check_files
from dreamsync_server.packs.catalogue import MARK
from dreamsync_server.packs.sample import SAMPLE


def check_with(more: str = "", **files: str) -> Checked:
    """Check the sample pack with `more.yaml` beside its files, and others (`text` …) changed."""
    paths = {"pack": "pack.yaml", "text": "text/en/more.yaml", "rehearsal": "rehearsals/run.yaml"}
    named = {paths[name]: text for name, text in files.items()}
    return check_files({**SAMPLE, "more.yaml": more, **named})


def told(checked: Checked) -> list[str]:
    """Return the faults as `code file:line:col`, in order."""
    return [f"{f.code} {f.file}:{f.line}:{f.column}" for f in checked.faults]


def take_mark(files: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """Return files without the mark and `file:line:col` of where it stood."""
    clean, at = {}, ""
    for file, text in files.items():
        before, mark, _ = text.partition(MARK)
        if mark:
            line = before.count("\n") + 1
            at = f"{file}:{line}:{len(before.rpartition(chr(10))[2]) + 1}"
        clean[file] = text.replace(MARK, "")
    return clean, at
