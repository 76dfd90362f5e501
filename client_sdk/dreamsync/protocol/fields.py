"""The kinds of field that messages are made of, each with its bound."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from dreamsync.protocol import bounds

# No control characters, so that text is safe to show in a terminal; Text may hold tabs and lines.
_LINE = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*$"
_LINES = r"^[^\x00-\x08\x0b-\x1f\x7f-\x9f]*$"
_DOTTED = r"^[a-z][a-z0-9_]*(\.[a-z0-9][a-z0-9_]*)*$"
_TOKEN = r"^[A-Za-z0-9_-]+$"


class WireModel(BaseModel):
    """What every part of a message is: strict, frozen, closed, no NaN.

    An optional field is left out of the map; null is never sent. There are no floats.
    """

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False)


def wire_map(model: WireModel) -> dict[str, Any]:
    """Return a model as the plain map that is sent: the fields that were set, in their order."""
    return model.model_dump(by_alias=True, exclude_unset=True)


Exact = Annotated[int, Field(ge=-bounds.INT_EXACT_MAX, le=bounds.INT_EXACT_MAX)]
Count = Annotated[int, Field(ge=0, le=bounds.INT_EXACT_MAX)]
Number = Annotated[int, Field(ge=1, le=bounds.INT_EXACT_MAX)]
"""A request number q or a proposal number n: 1, 2, 3, …"""
WorldMs = Count
"""World time in milliseconds since the world opened."""

Id = Annotated[
    str, StringConstraints(min_length=1, max_length=bounds.ID_CHARS_MAX, pattern=_DOTTED)
]
"""The id of a role, seat, scene, thing, action, beat, choice, pack or parameter."""
FactName = Annotated[
    str, StringConstraints(min_length=1, max_length=bounds.FACT_NAME_CHARS_MAX, pattern=_DOTTED)
]
WorldId = Annotated[
    str, StringConstraints(min_length=1, max_length=bounds.WORLD_ID_CHARS_MAX, pattern=_TOKEN)
]
SessionId = Annotated[
    str, StringConstraints(min_length=1, max_length=bounds.SESSION_ID_CHARS_MAX, pattern=_TOKEN)
]
Token = Annotated[
    str, StringConstraints(min_length=1, max_length=bounds.TOKEN_CHARS_MAX, pattern=_TOKEN)
]
"""A secret: an invite (link secret or typed code), a desk token, a session's secret."""
Lang = Annotated[
    str,
    StringConstraints(
        min_length=2, max_length=bounds.LANG_CHARS_MAX, pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]+)*$"
    ),
]
PersonName = Annotated[str, StringConstraints(max_length=bounds.NAME_CHARS_MAX, pattern=_LINE)]
Title = Annotated[str, StringConstraints(max_length=bounds.TITLE_CHARS_MAX, pattern=_LINE)]
ClientName = Annotated[str, StringConstraints(max_length=bounds.CLIENT_CHARS_MAX, pattern=_LINE)]
Said = Annotated[str, StringConstraints(max_length=bounds.SAY_CHARS_MAX, pattern=_LINES)]
"""Text that a person writes: at most SAY_CHARS_MAX characters, no control characters."""
Condition = Annotated[str, StringConstraints(min_length=1, max_length=bounds.EXPR_CHARS_MAX)]
OnceKey = Annotated[
    str,
    StringConstraints(min_length=1, max_length=bounds.ID_CHARS_MAX, pattern=r"^[A-Za-z0-9_.:-]+$"),
]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
"""A view digest (see digest.py), 16 lower-case hex digits."""
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
"""A word of codes.py. A client treats a code it does not know by its `text`."""

Position = tuple[Count, Count]
"""[epoch, seq]: a place in a world's log. seq rises by one with every commit."""
EventPosition = tuple[Count, Count]
"""[seq, i]: the i-th event of a commit. Rising through a session; a client drops repeats."""

Scalar = bool | Exact | str
Args = dict[str, bool | Exact | str | tuple[bool | Exact | str, ...]]
"""Small named details of an outcome or an event: scalars and lists of them."""
Params = Annotated[
    dict[Id, bool | Exact | Said],
    Field(max_length=bounds.PARAMS_MAX),
]
"""An action's parameters by name: what was chosen, a number, or text a person wrote."""
