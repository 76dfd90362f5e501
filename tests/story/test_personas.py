"""Personas: each plays in its own way."""

from support.packs import night, starter

from dreamsync_server.story.dice import Dice
from dreamsync_server.story.personas import PERSONAS, Bot, Persona, cast_of
from dreamsync_server.world.offers import OfferBook


def played(persona: Persona, seconds: int = 500, **given) -> tuple[Bot, object]:
    play, book = night(1, has_understudies=True), OfferBook(starter())
    bot = Bot(persona, "ada", "s_ada", Dice(1, persona), **given)
    for second in range(seconds):
        play.pass_to(second * 1000)
        bot.second(play, book, second)
    return bot, play


def acts(persona: Persona) -> dict[str, int]:
    return played(persona)[0].done


def test_the_lazy_act_seldom_and_the_griefing_all_the_time() -> None:
    counts = {persona: sum(acts(persona).values()) for persona in PERSONAS}
    assert counts["lazy"] < counts["diligent"] < counts["griefing"]


def test_the_loud_talk_and_the_diligent_much_less() -> None:
    loud, diligent = acts("loud"), acts("diligent")
    assert loud["talk"] > sum(loud.values()) // 4
    assert diligent["talk"] * sum(loud.values()) < loud["talk"] * sum(diligent.values()) // 2


def test_the_absent_go_and_come_back_and_the_late_come_late() -> None:
    bot, play = played("absent", 400, leaves_s=20, returns_s=300)
    kinds = [c.cause.kind for c in play.commits if c.cause.session == "s_ada"]
    assert [kind for kind in kinds if kind != "act"] == ["join", "absent", "back"]
    assert bot.is_here
    _, play = played("late", 200, comes_s=150)
    assert next(c.world_ms for c in play.commits if c.cause.kind == "join") == 150_000


def test_a_cast_is_the_same_for_the_same_number_and_holds_all_sorts_over_many() -> None:
    roles = ["ada", "ben"]
    assert [b.persona for b in cast_of(roles, 1, 5)] == [b.persona for b in cast_of(roles, 1, 5)]
    seen = {bot.persona for number in range(60) for bot in cast_of(roles, 1, number)}
    assert seen == set(PERSONAS)
    sizes = {len(cast_of(roles, 1, number)) for number in range(60)}
    assert sizes == {0, 1, 2}
