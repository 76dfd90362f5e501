"""Audiences: the class of a fact, the atoms of a viewer, and who sees what."""

from dataclasses import replace

from support.packs import night_for_two

from dreamsync_server.world.audience import (
    Dependents,
    atoms_of_desk,
    atoms_of_player,
    atoms_of_watcher,
    class_of,
    sees,
)


def classes(play, *names: str) -> list[tuple[str, ...]]:
    return [class_of(play.pack, play.facts, name) for name in names]


def test_each_rule_of_visibility_has_its_class() -> None:
    play = night_for_two()
    names = ("house.hush", "ada.nerve", "ada.mood", "trust.ada.ben", "music_box.wound")
    assert classes(play, *names) == [
        ("all",),
        ("role:ada",),
        ("scene:house.kitchen",),
        ("role:ada", "role:ben"),
        ("scene:house.attic",),
    ]


def test_a_fact_of_a_chorus_seat_is_for_that_seat() -> None:
    play = night_for_two()
    assert classes(play, "guest.3.hummed") == [("seat:guest.3",)]


def test_system_facts_and_unknown_names_are_for_nobody() -> None:
    play = night_for_two()
    assert classes(play, "@session.a", "guest.99.hummed", "no.such") == [("nobody",)] * 3


def test_a_class_moves_with_the_role_and_with_the_holder() -> None:
    play = night_for_two()
    play.facts["ada.scene"] = "house.attic"
    play.facts["music_box.holder"] = "ada"
    assert classes(play, "ada.mood", "music_box.wound") == [("scene:house.attic",), ("role:ada",)]


def test_what_hangs_on_a_scene_or_a_holder_is_known() -> None:
    dependents = Dependents(night_for_two().pack)
    assert dependents.of("ada.scene") == ["ada.scene", "ada.mood"]
    assert dependents.of("music_box.holder") == ["music_box.holder", "music_box.wound"]
    assert dependents.of("house.hush") == []


def test_a_player_sees_all_the_scene_the_role_and_the_session() -> None:
    play = night_for_two()
    atoms = atoms_of_player(play.facts, "ada", "a")
    assert sees(atoms, ("scene:house.kitchen",))
    assert sees(atoms, ("role:ada", "role:ben"))
    assert not sees(atoms, ("role:ben",))
    assert not sees(atoms, ("scene:house.attic",))
    assert not sees(atoms, ("session:b",))
    assert not sees(atoms, ("desk",))


def test_who_is_nowhere_is_in_no_scene() -> None:
    play = night_for_two()
    play.facts["ada.scene"] = "nowhere"
    atoms = atoms_of_player(play.facts, "ada", "a")
    assert atoms == {"all", "role:ada", "seat:ada", "session:a"}


def test_what_nobody_has_is_for_the_desk_alone() -> None:
    play = night_for_two()
    play.facts["music_box.holder"] = "nobody"
    assert classes(play, "music_box.wound") == [("desk",)]


def test_what_is_seen_where_a_thing_is_moves_with_whoever_holds_it() -> None:
    play = night_for_two()
    wound = play.pack.facts["music_box.wound"]
    decl = replace(wound.decl, visible=("scene",))
    facts = {**play.pack.facts, wound.name: replace(wound, decl=decl)}
    dependents = Dependents(replace(play.pack, facts=facts))
    assert dependents.of("ada.scene") == ["ada.scene", "ada.mood", "music_box.wound"]
    assert dependents.of("music_box.holder") == ["music_box.holder", "music_box.wound"]


def test_a_spectator_sees_the_scenes_that_the_pack_opens() -> None:
    atoms = atoms_of_watcher(night_for_two().pack, "w")
    assert sees(atoms, ("scene:house.kitchen",))
    assert not sees(atoms, ("scene:house.attic",))
    assert not sees(atoms, ("role:ada",))


def test_the_desk_sees_everything_but_the_engine_and_other_sessions() -> None:
    atoms = atoms_of_desk("d")
    assert sees(atoms, ("role:ada",))
    assert sees(atoms, ("desk",))
    assert sees(atoms, ("session:d",))
    assert not sees(atoms, ("nobody",))
    assert not sees(atoms, ("session:a",))
