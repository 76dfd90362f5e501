"""Minding: people's texts are muted and reported, and a desk's word of why is kept for the desk."""

from support.packs import night_for_two

from dreamsync_server.limits import REPORTS_A_SESSION_MAX
from dreamsync_server.story.playthrough import Playthrough
from dreamsync_server.world.commit import Commit
from dreamsync_server.world.minding import is_muted, reports
from dreamsync_server.world.written import refs_in


def with_desk() -> Playthrough:
    play = night_for_two()
    play.join("d", kind="desk")
    return play


def newest(play: Playthrough) -> Commit:
    return play.commits[-1]


def report(play: Playthrough, session: str, seq: int, why: str = "") -> str:
    given = {"seq": seq, "i": 0, "author": "b", "seat": "ben", "text": f"{seq}.words"}
    texts = {"why": ("salt", why)} if why else {}
    return play.ask("report", "player", session, given, texts).code


def test_who_is_muted_writes_nothing_and_may_do_all_else() -> None:
    play = with_desk()
    assert play.ask("mute", "desk", "d", {"session": "a"}).code == "ok"
    assert newest(play).events[0].to == ("session:a", "desk")
    assert play.act("a", "talk", words="no").code == "muted"
    assert play.act("a", "make_tea").code == "ok"
    assert play.act("b", "talk", words="yes").code == "ok"
    play.ask("mute", "desk", "d", {"session": "a", "on": False})
    assert play.act("a", "talk", words="again").code == "ok"


def test_who_is_muted_already_is_not_told_so_again() -> None:
    play = with_desk()
    for on in (False, True, True, False, False):
        assert play.ask("mute", "desk", "d", {"session": "a", "on": on}).code == "ok"
    told = [event.kind for commit in play.commits for event in commit.events]
    assert [kind for kind in told if "mute" in kind] == ["muted", "unmuted"]


def test_a_mute_goes_with_the_seat_to_whoever_comes_anew_and_the_desk_lifts_it_for_good() -> None:
    play = with_desk()
    play.ask("mute", "desk", "d", {"session": "a"})
    play.ask("leave", "player", "a")
    assert not is_muted(play.facts, "a")
    play.join("a2", "ada")
    assert [e.key for e in newest(play).events if e.kind == "muted"] == ["muted_again"]
    assert play.act("a2", "talk", words="me again").code == "muted"
    play.ask("mute", "desk", "d", {"session": "a2", "on": False})
    assert play.act("a2", "talk", words="thanks").code == "ok"
    play.ask("leave", "player", "a2")
    play.join("a3", "ada")
    assert not is_muted(play.facts, "a3")


def test_who_takes_another_seat_or_was_never_muted_is_not() -> None:
    play = with_desk()
    play.ask("mute", "desk", "d", {"session": "a"})
    play.ask("remove", "desk", "d", {"session": "a"})
    play.ask("leave", "player", "b")
    play.join("b2", "ben")
    assert play.act("b2", "talk", words="hello").code == "ok"
    play.join("a2")
    assert play.ask("seat", "desk", "d", {"role": "ada", "to": "a2"}).code == "ok"
    assert play.act("a2", "talk", words="the desk gave it to me").code == "ok"


def test_nobody_that_is_here_is_muted_and_players_mute_nobody() -> None:
    play = with_desk()
    assert play.ask("mute", "desk", "d", {"session": "nobody"}).code == "bad_parameter"
    assert play.ask("mute", "player", "a", {"session": "b"}).code == "not_allowed"


def test_a_report_is_for_the_desk_alone_and_kept_once() -> None:
    play = with_desk()
    play.act("b", "talk", words="unkind")
    seq = play.state.position.seq
    assert report(play, "a", seq, "it hurt") == "ok"
    assert [event.to for event in newest(play).events] == [("desk",)]
    assert report(play, "a", seq) == "ok"
    ((_, kept),) = reports(play.facts)
    assert kept[:5] == (seq, 0, "a", "b", "ben")
    assert {f"{seq}.words", kept[6]} <= set(refs_in(play.facts))


def test_who_reports_without_end_is_refused() -> None:
    play = with_desk()
    for _ in range(REPORTS_A_SESSION_MAX + 1):
        play.act("b", "talk", words="more")
    last = play.state.position.seq
    codes = [report(play, "a", last - k) for k in range(REPORTS_A_SESSION_MAX + 1)]
    assert codes == ["ok"] * REPORTS_A_SESSION_MAX + ["spent"]


def test_a_report_of_nothing_is_refused() -> None:
    play = with_desk()
    assert report(play, "a", 10_000) == "bad_parameter"
    assert play.ask("report", "player", "a", {"seq": 1, "i": 0}).code == "bad_parameter"


def test_a_word_of_why_is_told_to_the_desk_with_who_and_what() -> None:
    play = with_desk()
    play.ask("hold", "desk", "d", {"beat": "chime"}, {"why": ("salt", "too early")})
    (event,) = newest(play).events
    given = dict(event.arguments)
    assert (event.kind, event.to, given["act"], given["target"]) == (
        "intervened", ("desk",), "hold", "chime",
    )  # fmt: skip
    assert [text for _, _, text in newest(play).texts.values()] == ["too early"]


def test_a_player_gives_no_why() -> None:
    play = with_desk()
    play.ask("pause", "player", "a", {}, {"why": ("salt", "tea")})
    assert [event.kind for event in newest(play).events] == ["paused"]
