"""What a node's host and its director do, counted for /metrics.

Counted where the composition root joins the parts, so that none of them knows of metrics. A
director has no port of its own: what it says of itself is shown by every node, the same by each.
"""

import functools
import inspect
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from typing import Any, TypeVar, cast

from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from dreamsync_server.errors import StoreError
from dreamsync_server.gateway.shelf import Submit
from dreamsync_server.host.lane import Why
from dreamsync_server.host.owner import Rules
from dreamsync_server.limits import PROPOSALS_TIMED_MAX
from dreamsync_server.store.port import Appended, Batch, Entry, Store
from dreamsync_server.telemetry import Telemetry
from dreamsync_server.world.commit import Commit, Moment, Proposal
from dreamsync_server.world.decide import decide
from dreamsync_server.world.model import Pack
from dreamsync_server.world.state import State

Answer = TypeVar("Answer")
Said = Mapping[str, Mapping[str, Any]]


class Metering:
    """Counts into one node's telemetry."""

    def __init__(self, telemetry: Telemetry) -> None:
        self._telemetry = telemetry
        self._asked: dict[tuple[str, int], float] = {}  # session and number -> since when

    def submit(self, submit: Submit) -> Submit:
        """Return the direct way into worlds owned here, with what goes by it timed."""

        def timed(world: str, proposal: Proposal) -> str:
            code = submit(world, proposal)
            if not code and proposal.n:
                self._asked[proposal.session, proposal.n] = time.perf_counter()
                if len(self._asked) > PROPOSALS_TIMED_MAX:
                    del self._asked[next(iter(self._asked))]
            return code

        return timed

    def store(self, store: Store) -> Store:
        """Return the store with what the host asks of it counted."""
        return cast("Store", _Metered(store, self._telemetry))

    def rules(self) -> Rules:
        """Return the rules with each decision timed."""
        observe = self._telemetry.decide_s.observe

        def timed(
            pack: Pack, state: State, proposal: Proposal, moment: Moment, *, cursor: str = ""
        ) -> Commit:
            start_s = time.perf_counter()
            commit = decide(pack, state, proposal, moment, cursor=cursor)
            observe(time.perf_counter() - start_s)
            return commit

        return Rules(decide=timed)

    def confirmed(self, world: str, commits: Sequence[Commit]) -> None:
        """Count confirmed commits."""
        telemetry = self._telemetry
        telemetry.commits.inc(len(commits))
        for commit in commits:
            if commit.cause.kind in ("open", "begin"):
                telemetry.takeovers.inc()
            if commit.cause.kind == "open":
                telemetry.worlds_opened.inc()
            for outcome in commit.outcomes:
                since_s = self._asked.pop((outcome.session, outcome.n), None)
                if since_s is not None:
                    telemetry.action_s.observe(time.perf_counter() - since_s)
                if outcome.code != "ok":
                    telemetry.refusals.labels(outcome.code).inc()

    def gone(self, world: str, why: Why) -> None:
        """Count a world that is owned here no more."""
        if why == "faulted":
            self._telemetry.worlds_faulted.inc()
        elif why == "fenced":
            self._telemetry.fenced.inc()

    def watch(self, worlds: Callable[[], int], said: Callable[[], Said]) -> None:
        """Tell how many worlds are owned, and what directors say, whenever it is asked for."""
        self._telemetry.worlds_owned.set_function(worlds)
        self._telemetry.registry.register(Directors(said))


class Directors(Collector):
    """What the directors of the store say of themselves, added up."""

    def __init__(self, said: Callable[[], Said]) -> None:
        self._said = said

    def collect(self) -> Iterable[Metric]:
        """Return it as metrics."""
        directors = [one for one in self._said().values() if one.get("kind") == "director"]
        yield GaugeMetricFamily(
            "dreamsync_directors", "Directors that live, as any node knows it", len(directors)
        )
        directed = sum(int(one.get("worlds", 0)) for one in directors)
        yield GaugeMetricFamily("dreamsync_worlds_directed", "Worlds they direct now", directed)
        cues = CounterMetricFamily(
            "dreamsync_director_cues", "What directors proposed by kind and outcome",
            labels=("kind", "code"),
        )  # fmt: skip
        totals: dict[tuple[str, str], int] = {}
        for one in directors:
            for key, count in dict(one.get("proposed", {})).items():
                kind, _, code = str(key).partition(" ")
                totals[kind, code] = totals.get((kind, code), 0) + int(count)
        for labels, count in sorted(totals.items()):
            cues.add_metric(labels, count)
        yield cues


class _Metered:
    """A store whose calls are counted where they fail; of some more is told."""

    def __init__(self, store: Store, telemetry: Telemetry) -> None:
        self._store = store
        self._telemetry = telemetry
        self._calls: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        known = self._calls.get(name)
        if known is None:
            known = getattr(self._store, name)
            if inspect.iscoroutinefunction(known):
                known = self._watched(name, known)
            self._calls[name] = known
        return known

    async def append(self, batches: Sequence[Batch]) -> Sequence[Appended | Exception]:
        start_s = time.perf_counter()
        answers = await self._store.append(batches)
        self._telemetry.append_s.observe(time.perf_counter() - start_s)
        for batch, answer in zip(batches, answers, strict=True):
            self._telemetry.append_commits.observe(len(batch.commits))
            if isinstance(answer, StoreError):
                self._telemetry.store_errors.labels("append").inc()
        return answers

    async def inbox(self, world: str, after: str, limit: int = 64) -> Sequence[Entry]:
        entries = await self._counted("inbox", self._store.inbox(world, after, limit))
        self._telemetry.inbox_length.observe(len(entries))
        return entries

    async def save_snapshot(self, *given: Any) -> bool:
        is_saved = await self._counted("save_snapshot", self._store.save_snapshot(*given))
        self._telemetry.snapshots.inc(int(is_saved))
        return is_saved

    def _watched(self, name: str, call: Any) -> Any:
        @functools.wraps(call)
        async def watched(*given: Any, **more: Any) -> Any:
            return await self._counted(name, call(*given, **more))

        return watched

    async def _counted(self, name: str, work: Coroutine[Any, Any, Answer]) -> Answer:
        try:
            return await work
        except StoreError:
            self._telemetry.store_errors.labels(name).inc()
            raise
