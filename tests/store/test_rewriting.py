"""A store's file written anew: what was erased is in no file of it any more."""

from pathlib import Path

import redis.asyncio

from dreamsync_server.store.embedded import EmbeddedStore
from dreamsync_server.store.rewriting import rewrite


async def test_what_was_erased_is_in_no_file_either(tmp_path: Path) -> None:
    def written() -> bytes:
        return b"".join(each.read_bytes() for each in (tmp_path / "appendonlydir").iterdir())

    async with EmbeddedStore(tmp_path) as store:
        client = redis.asyncio.from_url(store.url)
        await client.set("k", "the nightjar calls")
        await client.delete("k")
        await client.set("kept", "the owl")
        assert b"nightjar" in written()
        await client.execute_command("BGREWRITEAOF")  # one that runs already is no reason not to
        assert await rewrite(store.url)
        assert b"nightjar" not in written()
        assert await client.get("kept") == b"the owl"
        await client.aclose()


async def test_a_store_that_does_not_answer_is_given_up(tmp_path: Path) -> None:
    assert not await rewrite(f"unix://{tmp_path / 'nobody.sock'}", 5)
