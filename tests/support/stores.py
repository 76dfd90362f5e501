"""Stores of every kind, real ones on this machine, as `ops/local_stores.py` starts them."""

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dreamsync_server.errors import OperatorError
from dreamsync_server.store.binary import find_server

_SCRIPT = Path(__file__).parents[2] / "ops" / "local_stores.py"


def _loaded() -> Any:
    spec = importlib.util.spec_from_file_location("local_stores", _SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["local_stores"] = module
    spec.loader.exec_module(module)
    return module


local_stores = _loaded()


def running_stores(kind: str, folder: Path, **more: Any) -> Iterator[Any]:
    """Start a store of a kind, yield it, stop it. Skips where this machine has no store to run."""
    try:
        find_server()
    except OperatorError as error:
        pytest.skip(f"no real store: {error}")
    with local_stores.LocalStores(kind, folder, **more) as stores:
        yield stores
