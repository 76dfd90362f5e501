"""The session's golden transcripts are what the Python session does now."""

import json

from support.session_vectors import FILE, transcripts


def test_the_transcripts_are_those_of_the_python_session() -> None:
    kept = json.loads(FILE.read_text("utf-8"))
    made = transcripts()
    for old, new in zip(kept, made, strict=True):
        assert old["scene"] == new["scene"]
        told = "run tests/support/session_vectors.py and read the difference"
        assert old["steps"] == new["steps"], f"{old['scene']}: {told}"


def test_the_transcripts_hold_every_kind_of_notice_and_call() -> None:
    steps = [step for transcript in transcripts() for step in transcript["steps"]]
    kinds = {one["kind"] for step in steps if step["call"] == "notices" for one in step["gives"]}
    assert kinds == {
        "live", "settled", "replied", "failed", "happened", "jumped", "changed", "posed",
        "matched", "pack", "broken", "over",
    }  # fmt: skip
    assert {step["call"] for step in steps} == {
        "propose", "ask", "abandon", "pose", "line_up", "line_down", "outgoing", "received",
        "notices", "seen",
    }  # fmt: skip
