"""What the store's tests share: failures inside the contract's own files are explained too."""

import pytest

pytest.register_assert_rewrite(
    "store.bench",
    "store.contract_directory",
    "store.contract_inbox",
    "store.contract_log",
    "store.contract_staging",
)
