"""Where logs live: the contract, the memory reference, Valkey or Redis."""
