"""Bots in players' seats: people of several kinds, each acting in its own way."""

from support.packs import starter

from dreamsync_server.story.bots import PEOPLE, Bots, people_of
from dreamsync_server.story.playthrough import Playthrough


def test_all_kinds_of_people_come() -> None:
    assert {people_of(seed, ["ada"])["ada"] for seed in range(40)} == set(PEOPLE)


def test_they_act_as_players_and_the_lazy_act_less() -> None:
    deeds: dict[str, list[int]] = {person: [] for person in PEOPLE}
    for seed in range(12):
        play = Playthrough(starter(), seed, is_hashed=False)
        bots = Bots(play, seed)
        for _ in range(200):
            play.pass_ms(1000)
            bots.act_second()
        acts = [c for c in play.commits if c.cause.kind == "act"]
        assert {c.cause.by for c in acts} == {"player"}
        for role, person in bots.people.items():
            deeds[person].append(sum(c.cause.session == f"s_{role}" for c in acts))
    means = {person: sum(n) / len(n) for person, n in deeds.items() if n}
    assert means["lazy"] < means["steady"]
