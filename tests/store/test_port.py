"""Both stores are what the contract says, method for method."""

import inspect

import pytest

from dreamsync_server.store.memory import MemoryStore
from dreamsync_server.store.port import Store
from dreamsync_server.store.redis.store import RedisStore

PROMISED = sorted(name for name, _ in inspect.getmembers(Store, inspect.isfunction))


@pytest.mark.parametrize("kind", [MemoryStore, RedisStore])
@pytest.mark.parametrize("name", [name for name in PROMISED if not name.startswith("_")])
def test_a_store_takes_what_the_contract_promises(kind: type, name: str) -> None:
    promised = inspect.signature(getattr(Store, name))
    kept = inspect.signature(inspect.unwrap(getattr(kind, name)))

    assert list(kept.parameters) == list(promised.parameters)
    assert [p.kind for p in kept.parameters.values()] == [
        p.kind for p in promised.parameters.values()
    ]
    assert [p.default for p in kept.parameters.values()] == [
        p.default for p in promised.parameters.values()
    ]
