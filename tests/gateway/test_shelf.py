"""The shelf: what a hall does where nobody in this process owns worlds."""

from dreamsync_server.gateway.shelf import nobody_here, somebody_elsewhere
from dreamsync_server.world.commit import Proposal


async def test_without_a_host_in_this_process_the_store_is_the_way() -> None:
    assert nobody_here("w", Proposal("wake", "owner")) == "not_here"
    assert await somebody_elsewhere("w") == "elsewhere"
