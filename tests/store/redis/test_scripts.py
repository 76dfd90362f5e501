"""Scripts are known by the hash that a server gives them."""

from dreamsync_server.store.redis.scripts import load_scripts
from dreamsync_server.store.redis.store import RedisStore


async def test_every_script_is_accepted_and_known_by_its_hash(store: RedisStore) -> None:
    for name, script in load_scripts().items():
        known = await store._link.write("SCRIPT", "LOAD", script.text)
        assert known in (script.sha, script.sha.encode()), name
