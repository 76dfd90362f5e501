"""Whether somebody can ever come to each scene."""

from dreamsync_server.packs.effect_tree import all_effects
from dreamsync_server.packs.faults import Faults
from dreamsync_server.world import effects as fx
from dreamsync_server.world.expr import Fact, Spread, reads_of
from dreamsync_server.world.model import Pack


def check_scenes(pack: Pack, faults: Faults) -> None:
    """Warn of scenes where no role starts, no exit leads and no effect moves anybody."""
    reached = reachable_scenes(pack)
    for scene in pack.scenes.values():
        if scene.id not in reached:
            what = (
                f"nobody can come to scene '{scene.id}': no exit leads there, nothing moves there"
            )
            faults.add("unreachable_scene", scene.place, what)


def reachable_scenes(pack: Pack) -> frozenset[str]:
    """Return the scenes that somebody may ever be in, whatever the conditions."""
    waiting = [role.scene for role in pack.roles.values()]
    for effect in all_effects(pack):
        if isinstance(effect, fx.Move) and not _follows(effect):
            waiting.extend(effect.to.type.choices)
    reached: set[str] = set()
    while waiting:
        scene = waiting.pop()
        if scene not in reached and scene in pack.scenes:
            reached.add(scene)
            waiting.extend(way.to for way in pack.scenes[scene].exits)
    return frozenset(reached)


def _follows(move: fx.Move) -> bool:
    """Return whether it moves to where somebody is already, which opens no scene to anybody."""
    node = move.to.node
    return isinstance(node, Fact | Spread) and all(
        name.endswith(".scene") for name in reads_of(node)
    )
