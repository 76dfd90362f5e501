"""Settings: checked at the edge, and handed to children as JSON."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from dreamsync_server.settings import Settings


def test_they_come_back_from_json_as_they_were() -> None:
    settings = Settings(port=0, workers=3, allow_origins=("https://a.example",), log_json=True)
    assert Settings.model_validate_json(settings.model_dump_json()) == settings


@pytest.mark.parametrize("wrong", [{"port": 70_000}, {"workers": 0}, {"prot": 1}, {"port": "1"}])
def test_what_cannot_be_is_refused(wrong: dict) -> None:
    with pytest.raises(ValidationError):
        Settings(**wrong)


def test_the_data_folder_is_named_in_full() -> None:
    assert Settings(data="somewhere").data_path == Path("somewhere").absolute()
