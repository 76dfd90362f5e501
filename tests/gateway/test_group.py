"""Groups: one frame for all who see the same, another digest where one sees more."""

from support.stage import Stage, payload_of

from dreamsync.protocol.codec import decode_server


def test_members_who_see_the_same_are_written_the_very_same_frame() -> None:
    stage = Stage()
    watchers = [stage.enter(f"w{i}", "watch") for i in range(3)]
    stage.enter("b", role="ben")
    stage.pass_ms(60)
    for client in watchers:
        client.line.frames.clear()
    stage.play.act("b", "talk", words="for all")
    stage.hand_over()
    first, *others = (client.line.frames for client in watchers)
    assert len(first) == 1
    assert all(frames[0] is first[0] for frames in others)


def test_a_member_with_facts_of_its_own_has_another_digest_in_the_same_frame() -> None:
    stage = Stage()
    plain, own = stage.enter("g1", role="guest"), stage.enter("g2", role="guest")
    stage.enter("d", "desk")
    stage.play.act("g2", "hum")
    stage.hand_over()
    stage.pass_ms(1_000)
    stage.room.beat()
    for client in (plain, own):
        client.read()
    stage.pass_ms(60)
    stage.play.ask("whisper", "desk", "d", {"to": "all"}, {"text": ("salt", "Hush.")})
    stage.hand_over()
    frames = [client.line.frames[-1] for client in (plain, own)]
    views = [decode_server(payload_of(frame)) for frame in frames]
    assert len(frames[0]) == len(frames[1])
    assert sum(a != b for a, b in zip(*frames, strict=True)) <= 16
    assert views[0].digest != views[1].digest
    for client in (plain, own):
        client.read()  # each digest is that of its mirror
        assert client.facts == stage.truth(client)
