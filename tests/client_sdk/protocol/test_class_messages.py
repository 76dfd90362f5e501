"""Messages about classes: bounds of what may be asked."""

import pytest
from pydantic import ValidationError

from dreamsync.protocol.bounds import CLASS_WORLDS_MAX
from dreamsync.protocol.class_messages import AskClass, OpenClass


@pytest.mark.parametrize("count", [0, CLASS_WORLDS_MAX + 1])
def test_a_class_has_at_least_one_world_and_no_more_than_allowed(count: int) -> None:
    with pytest.raises(ValidationError, match="count"):
        OpenClass(type="open_class", q=1, pack="expo", count=count)


def test_a_class_is_asked_for_with_its_token() -> None:
    with pytest.raises(ValidationError, match="token"):
        AskClass.model_validate({"type": "class", "q": 1, "world": "w"})
