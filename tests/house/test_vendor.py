"""Modules of others are as their authors published them, each with its licence."""

import hashlib

from house.test_tidy import ROOT

VENDOR = ROOT / "client_sdk" / "dreamsync_web" / "vendor"


def test_every_vendored_file_has_the_hash_that_is_written_down() -> None:
    lines = (VENDOR / "HASHES.txt").read_text("utf-8").splitlines()
    written = dict(line.split("  ", 1)[::-1] for line in lines)
    found = {
        path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name not in ("HASHES.txt", "README.txt")
    }
    assert found == written


def test_every_vendored_module_lies_beside_a_licence() -> None:
    modules = [*VENDOR.rglob("*.js"), *VENDOR.rglob("*.mjs")]
    assert modules
    for module in modules:
        folder = VENDOR / module.relative_to(VENDOR).parts[0]
        assert list(folder.glob("LICENSE*")), f"{module} has no licence beside it"
