"""The Python SDK of Dreamsync: enter a live world, see, act, direct."""
