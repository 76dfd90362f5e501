"""`dreamsync new`: a small, commented pack of your own to begin with."""

from pathlib import Path

from dreamsync_server.cli.called import own_command
from dreamsync_server.cli.telling import print_json
from dreamsync_server.packs.new import copy_starter


def new(name: str, into: Path, *, is_json: bool = False) -> int:
    """Copy the starter pack and say what to do with it.

    Raises:
        OperatorError: the name will not do, or is taken.
    """
    folder = copy_starter(name, into)
    if is_json:
        print_json({"ok": True, "id": name, "folder": str(folder)})
        return 0
    print(
        f"{folder} is a small pack that can be played as it is.\n"
        f"  Read and change it:  {folder / 'pack.yaml'}\n"
        f"  See what is wrong:   {own_command()} check {folder}\n"
        f"  Play it:             {own_command()} serve --worlds {into} --public {name} --dev"
    )
    return 0
