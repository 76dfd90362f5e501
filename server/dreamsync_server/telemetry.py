"""What a node tells its operator: named metrics, and log lines without secrets or people's texts.

One `Telemetry` is made by the composition root and handed in. A metric is touched where the thing
happens, in whole turns where it happens often. Labels are codes from closed tables, never an id,
a name or an address. Log lines carry ids, codes, addresses and counts: a token, a secret or a text
that a person wrote is never an argument of one.
"""

import json
import logging
import sys
import time
from collections.abc import Mapping
from typing import Any, Final, TextIO

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)

METRICS_CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

_DECIDE_S: Final = (25e-6, 50e-6, 100e-6, 200e-6, 500e-6, 1e-3, 2e-3, 5e-3, 10e-3, 50e-3, 0.2)
_APPEND_S: Final = (0.25e-3, 0.5e-3, 1e-3, 2e-3, 5e-3, 10e-3, 25e-3, 50e-3, 0.1, 0.25, 1.0, 2.0)
_ACTION_S: Final = (1e-3, 2e-3, 5e-3, 10e-3, 25e-3, 50e-3, 0.1, 0.25, 0.5, 1.0, 5.0)
_INBOX: Final = (0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
_PLAIN_KEYS: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class Telemetry:
    """The metrics of one process. Times are seconds, sizes bytes."""

    def __init__(self, *, has_process: bool = True) -> None:
        self.registry = CollectorRegistry()
        if has_process:
            PlatformCollector(registry=self.registry)
            ProcessCollector(registry=self.registry)
        self._make_gateway_metrics()
        self._make_host_metrics()

    def count_connections(self) -> int:
        """Return how many sockets are open now."""
        (gauge,) = self.connections.collect()
        return int(gauge.samples[0].value)

    def exposition(self) -> bytes:
        """Return all metrics in the text form that Prometheus reads."""
        return generate_latest(self.registry)

    def _make_gateway_metrics(self) -> None:
        self.connections = self._gauge("connections", "Sockets open now")
        self.handshakes = self._counter("handshakes", "Handshakes by result", "result")
        self.http_answers = self._counter("http_answers", "Plain HTTP answers by status", "status")
        self.messages_in = self._counter("messages_in", "Messages taken from clients")
        self.messages_out = self._counter("messages_out", "Frames given to sockets")
        self.bytes_in = self._counter("bytes_in", "Bytes read from clients")
        self.bytes_out = self._counter("bytes_out", "Bytes given to sockets")
        self.writes = self._counter("writes", "Writes to sockets; each holds a turn's frames")
        self.closes = self._counter("closes", "Connections ended by close code", "code")
        self.floods_cut = self._counter("floods_cut", "Clients cut for flooding")
        self.slow_cut = self._counter("slow_cut", "Clients cut because their line was too slow")
        self.errors = self._counter("errors", "Errors sent to clients by code", "code")
        self.sessions = self._gauge("sessions", "Sessions in worlds now by kind", "kind")
        self.resumes = self._counter("resumes", "Sessions that resumed without a gap")
        self.resets = self._counter("resets", "Mirrors replaced whole by reason", "why")

    def _make_host_metrics(self) -> None:
        self.worlds_owned = self._gauge("worlds_owned", "Worlds this node owns now")
        self.worlds_opened = self._counter("worlds_opened", "Worlds created on this node")
        self.worlds_faulted = self._counter("worlds_faulted", "Worlds stopped by a fault")
        self.takeovers = self._counter("takeovers", "Worlds taken over, openings counted")
        self.fenced = self._counter("fenced", "Worlds lost to another owner")
        self.commits = self._counter("commits", "Commits confirmed")
        self.refusals = self._counter("refusals", "Proposals refused by code", "code")
        self.decide_s = self._histogram("decide_seconds", "One decision", _DECIDE_S)
        self.append_s = self._histogram("append_seconds", "One append, confirmed", _APPEND_S)
        self.action_s = self._histogram(
            "action_seconds", "From a proposal handed in here to its outcome, confirmed", _ACTION_S
        )
        self.append_commits = self._histogram("append_commits", "Commits in an append", _INBOX)
        self.inbox_length = self._histogram("inbox_length", "Entries found in an inbox", _INBOX)
        self.snapshots = self._counter("snapshots", "Snapshots written")
        self.store_profile = self._gauge("store_profile", "1 for what commits survive", "profile")
        self.store_changes = self._gauge(
            "store_changes", "Times the store's primaries, or their slots, were seen to change"
        )
        self.tails_repaired = self._counter(
            "tails_repaired", "Times the store had lost confirmed commits and the owner had them"
        )
        self.tails_lost = self._counter(
            "tails_lost", "Times confirmed commits were lost beyond repair: worlds went back"
        )
        self.store_errors = self._counter("store_errors", "Calls the store did not answer", "call")

    def _counter(self, name: str, about: str, *labels: str) -> Counter:
        return Counter(f"dreamsync_{name}", about, labels, registry=self.registry)

    def _gauge(self, name: str, about: str, *labels: str) -> Gauge:
        return Gauge(f"dreamsync_{name}", about, labels, registry=self.registry)

    def _histogram(self, name: str, about: str, buckets: tuple[float, ...]) -> Histogram:
        return Histogram(f"dreamsync_{name}", about, buckets=buckets, registry=self.registry)


def set_up_logging(
    *, is_json: bool = False, is_verbose: bool = False, stream: TextIO | None = None
) -> None:
    """Log to `stream` (stderr) from now on, one line a record, in place of what was set before.

    In plain lines only what needs a person is said, unless it is verbose; JSON is for machines and
    always whole. The libraries below us speak only from warnings on: at a finer level they would
    write frames, and with them tokens.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines() if is_json else PlainLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    own = logging.getLogger("dreamsync_server")
    own.setLevel(logging.INFO if is_verbose or is_json else logging.WARNING)
    for library in ("websockets", "redis", "asyncio"):
        logging.getLogger(library).setLevel(logging.WARNING)


class PlainLines(logging.Formatter):
    """`2026-01-31T09:30:00.123Z info gateway.transport: text key=value`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line; control characters in it are escaped, a traceback follows."""
        extra = "".join(f" {key}={_one_line(value)}" for key, value in _extra(record).items())
        line = (
            f"{_stamp(record)} {record.levelname.lower()} {_place(record)}: "
            f"{_one_line(record.getMessage())}{extra}"
        )
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


class JsonLines(logging.Formatter):
    """One JSON object a line: at, level, place, text, and what the record carries besides."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        shown: dict[str, Any] = {
            "at": _stamp(record),
            "level": record.levelname.lower(),
            "place": _place(record),
            "text": record.getMessage(),
            **_extra(record),
        }
        if record.exc_info:
            shown["trace"] = self.formatException(record.exc_info)
        return json.dumps(shown, ensure_ascii=True, default=str)


def _extra(record: logging.LogRecord) -> Mapping[str, object]:
    return {key: value for key, value in vars(record).items() if key not in _PLAIN_KEYS}


def _stamp(record: logging.LogRecord) -> str:
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
    return f"{whole}.{int(record.msecs):03d}Z"


def _place(record: logging.LogRecord) -> str:
    return record.name.removeprefix("dreamsync_server.")


def _one_line(value: object) -> str:
    text = str(value)
    return text if text.isprintable() else text.encode("unicode_escape").decode("ascii")
