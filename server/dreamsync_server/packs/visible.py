"""The `visible` of a declaration: who may see a fact, by what the fact is about."""

from typing import Final

from dreamsync_server.packs.faults import alike
from dreamsync_server.packs.names import Names
from dreamsync_server.packs.shape import Shape

WORDS: Final = {
    "world": ("all", "desk", "nobody"),
    "role": ("all", "scene", "self", "desk", "nobody"),
    "seat": ("all", "scene", "self", "desk", "nobody"),
    "scene": ("all", "scene", "desk", "nobody"),
    "thing": ("all", "scene", "holder", "desk", "nobody"),
    "pair": ("all", "both", "desk", "nobody"),
}
"""What may stand there, besides `role:<id>`."""

DEFAULT: Final = {
    "world": "all", "role": "self", "seat": "self", "scene": "scene", "thing": "holder",
    "pair": "both",
}  # fmt: skip
"""Whoever says nothing: the world's facts are open, all others belong to whom they are about."""


def read_visible(shape: Shape, about: str, names: Names) -> tuple[str, ...]:
    """Take `visible`: one word or a list of them."""
    faults = shape.faults
    leaves = shape.leaves("visible", "words such as all, self or role:<id>")
    found: dict[str, None] = {}
    words = WORDS[about]
    for leaf in leaves:
        kind, colon, role = leaf.text.partition(":")
        if leaf.text in words or (kind == "role" and colon and role in names.roles):
            found[leaf.text] = None
        elif kind == "role" and colon:
            if role not in faults.broken:
                place = leaf.place_at(len("role:"))
                what = f"{shape.what}: there is no role '{role}'"
                faults.add("unknown_id", place, what, alike(role, names.roles))
        else:
            what = (
                f"'visible' of {shape.what} is among {', '.join(words)}, role:<id>;"
                f" not '{leaf.text}'"
            )
            faults.add("unknown_word", leaf.place, what, alike(leaf.text, words))
    return tuple(found) or (DEFAULT[about],)
