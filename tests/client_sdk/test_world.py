"""A world that was opened, as the server says it."""

from dreamsync.protocol.server_messages import Created
from dreamsync.world import World, world_of


def test_a_public_world_has_no_invitation() -> None:
    made = Created(type="created", q=1, world="w", desk_token="d")
    assert world_of(made) == World("w", "", "", "d")
