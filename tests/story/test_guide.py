"""The director's judgement: the same for whoever asks, and nothing while a person directs."""

from support.packs import night_for_two, starter

from dreamsync_server.story.guide import Guide


def test_two_guides_want_the_same() -> None:
    play = night_for_two()
    play.pass_ms(260_000)
    one, other = (Guide(starter()).next_move(play.state, 260) for _ in range(2))
    assert one is not None
    assert one == other


def test_a_cue_carries_its_trace_and_what_is_headed_for() -> None:
    play = night_for_two()
    play.pass_ms(300_000)
    move = Guide(play.pack).next_move(play.state, 300)
    assert move is not None
    assert (move.kind, move.arguments["beat"]) == ("cue", "chime")
    assert move.arguments["heading"] in ("morning", "orchard_keeps")
    assert "bar" in str(move.arguments["trace"])
    play.direct(move)
    assert play.facts["director.heading"] == move.arguments["heading"]


def test_it_proposes_nothing_while_a_person_directs() -> None:
    play = night_for_two()
    play.join("d", kind="desk")
    play.ask("direct", "desk", "d", {"standby": True})
    play.pass_ms(300_000)
    assert Guide(play.pack).next_move(play.state, 300) is None


def test_judging_changes_nothing() -> None:
    play = night_for_two()
    guide = Guide(play.pack)
    for _ in range(200):
        play.pass_ms(1000)
        before = dict(play.facts), play.facts.ms
        guide.next_move(play.state, play.world_ms // 1000)
        assert (dict(play.facts), play.facts.ms) == before
