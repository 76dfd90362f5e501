"""What all lines of a gateway share."""

from support.lines import open_client, open_gate


async def test_a_line_is_known_until_it_is_gone() -> None:
    async with open_gate() as gate:
        common = gate.listener.common
        async with open_client(gate.port):
            line = (await gate.echo(0)).line
            assert list(common.lines) == [line]
            assert not common.emptied.is_set()
            assert line.due_slot >= 0
        await (await gate.echo(0)).until(("lost", 1006))
        assert common.lines == {}
        assert common.emptied.is_set()
        assert line.due_slot == -1
