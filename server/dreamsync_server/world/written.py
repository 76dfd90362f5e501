"""What people wrote that the facts still speak of, by reference: such texts are kept at hand."""

from dreamsync_server.world.minding import TEXT_AT, reports
from dreamsync_server.world.sessions import session_of
from dreamsync_server.world.state import Facts
from dreamsync_server.world.values import TextRef

_SESSION = "@session."


def refs_in(facts: Facts) -> list[str]:
    """Return the references of all texts that facts hold: names, values, what was reported."""
    found = []
    for name, value in facts.items():
        if type(value) is TextRef:
            found.append(value.ref)
        elif name.startswith(_SESSION):
            entry = session_of(facts, name.removeprefix(_SESSION))
            if entry is not None:
                found.append(entry.name_ref)
    for _, kept in reports(facts):
        found.extend(str(ref) for ref in kept[TEXT_AT : TEXT_AT + 2])
    return [ref for ref in dict.fromkeys(found) if ref]
