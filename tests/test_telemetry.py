"""Metrics and log lines."""

import io
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.metrics import MetricWrapperBase

from dreamsync_server import telemetry as telemetry_module
from dreamsync_server.telemetry import Telemetry, set_up_logging


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    names = ("dreamsync_server", "websockets", "redis", "asyncio")
    kept = root.handlers[:], root.level, [logging.getLogger(name).level for name in names]
    yield
    root.handlers[:], root.level = kept[0], kept[1]
    for name, level in zip(names, kept[2], strict=True):
        logging.getLogger(name).setLevel(level)


def test_metrics_are_named_and_counted_each_node_for_itself() -> None:
    one, other = Telemetry(has_process=False), Telemetry(has_process=False)
    one.refusals.labels("cooldown").inc()
    one.decide_s.observe(60e-6)
    text = one.exposition().decode()
    assert 'dreamsync_refusals_total{code="cooldown"} 1.0' in text
    assert 'dreamsync_decide_seconds_bucket{le="0.0001"} 1.0' in text
    assert 'code="cooldown"' not in other.exposition().decode()


def test_every_metric_says_what_it_is() -> None:
    text = Telemetry(has_process=False).exposition().decode()
    helps = {line.split()[2] for line in text.splitlines() if line.startswith("# HELP")}
    types = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")}
    assert helps == types
    assert all(name.startswith("dreamsync_") for name in helps)


def test_every_metric_is_touched_by_something() -> None:
    folder = Path(telemetry_module.__file__).parent
    files = [path for path in folder.rglob("*.py") if path.name != "telemetry.py"]
    code = "\n".join(path.read_text("utf-8") for path in files)
    kept = vars(Telemetry(has_process=False))
    names = [name for name, one in kept.items() if isinstance(one, MetricWrapperBase)]
    assert len(names) > 20
    assert [name for name in names if not re.search(rf"telemetry\.{name}\b", code)] == []


def test_the_process_is_measured_too() -> None:
    assert b"process_resident_memory_bytes" in Telemetry().exposition()


def logged(*, is_json: bool, is_verbose: bool = False) -> io.StringIO:
    stream = io.StringIO()
    set_up_logging(is_json=is_json, is_verbose=is_verbose, stream=stream)
    return stream


def test_a_plain_line_has_time_level_place_and_text() -> None:
    stream = logged(is_json=False, is_verbose=True)
    logging.getLogger("dreamsync_server.host.owner").info("took %s", "w1", extra={"epoch": 7})
    line = stream.getvalue()
    assert line[10] == "T"
    assert line[23:] == "Z info host.owner: took w1 epoch=7\n"


def test_a_line_stays_one_line_whatever_is_in_it() -> None:
    stream = logged(is_json=False, is_verbose=True)
    log = logging.getLogger("dreamsync_server.x")
    log.info("from %s", "a\n2026-01-01 info forged\x1b[31m", extra={"who": "b\nc"})
    assert stream.getvalue().count("\n") == 1
    assert "\x1b" not in stream.getvalue()


def test_json_lines_carry_the_same() -> None:
    stream = logged(is_json=True)
    logging.getLogger("dreamsync_server.x").warning("say %d", 3, extra={"world": "w1"})
    line = json.loads(stream.getvalue())
    assert line.pop("at").endswith("Z")
    assert line == {"level": "warning", "place": "x", "text": "say 3", "world": "w1"}


@pytest.mark.parametrize("is_json", [True, False])
def test_a_fault_comes_with_its_trace(is_json: bool) -> None:
    stream = logged(is_json=is_json)
    try:
        raise RuntimeError("ours")
    except RuntimeError:
        logging.getLogger("dreamsync_server.x").exception("a fault")
    assert "RuntimeError: ours" in stream.getvalue()


def test_only_our_own_lines_become_finer() -> None:
    stream = logged(is_json=False, is_verbose=True)
    logging.getLogger("dreamsync_server.x").info("fine")
    for library in ("websockets.server", "redis", "asyncio", "other"):
        logging.getLogger(library).debug("a token")
    logging.getLogger("websockets.client").info("a token")
    assert stream.getvalue().endswith("info x: fine\n")
    assert "token" not in stream.getvalue()


def test_setting_up_twice_says_everything_once() -> None:
    logged(is_json=False)
    stream = logged(is_json=False)
    logging.getLogger("dreamsync_server.x").warning("once")
    assert stream.getvalue().count("once") == 1


def test_a_terminal_hears_only_what_needs_a_person_unless_asked_for_more() -> None:
    quiet = logged(is_json=False)
    logging.getLogger("dreamsync_server.x").info("a client left")
    logging.getLogger("dreamsync_server.x").warning("the store ended")
    machine = logged(is_json=True)
    logging.getLogger("dreamsync_server.x").info("a client left")
    assert "client" not in quiet.getvalue()
    assert "the store ended" in quiet.getvalue()
    assert "a client left" in machine.getvalue()


def test_open_sockets_are_counted() -> None:
    telemetry = Telemetry(has_process=False)
    for _ in range(3):
        telemetry.connections.inc()
    telemetry.connections.dec()
    assert telemetry.count_connections() == 2
