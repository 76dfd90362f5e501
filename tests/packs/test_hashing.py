"""The content hash."""

import hashlib

from dreamsync_server.packs.hashing import hash_files


def test_the_hash_is_over_paths_and_texts_in_order() -> None:
    raw = b"a.yaml\0x\ny\0b.yaml\0z\0"
    files = {"b.yaml": "z", "a.yaml": "\ufeffx\r\ny"}
    assert hash_files(files) == hashlib.sha256(raw).hexdigest()


def test_rehearsals_are_left_out_and_all_else_counts() -> None:
    files = {"a.yaml": "x"}
    assert hash_files({**files, "rehearsals/r.yaml": "y"}) == hash_files(files)
    assert len({hash_files({name: text}) for name in ("a", "b") for text in ("", "x")}) == 4
