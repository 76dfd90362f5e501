"""What every store promises: one suite, run against the reference and against a real server.

A test class inherits it and gives the `bench` fixture; every test makes worlds of its own.
"""

from store.contract_directory import DirectoryContract
from store.contract_inbox import InboxContract
from store.contract_log import LogContract
from store.contract_staging import StagingContract


class StoreContract(LogContract, StagingContract, InboxContract, DirectoryContract):
    """The whole contract."""
