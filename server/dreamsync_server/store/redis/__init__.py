"""The store on Valkey (8 or newer) or Redis (7 or newer)."""
