"""The facts that every pack has."""

from support.packs import starter


def test_every_part_brings_its_facts_with_their_starts_and_audiences() -> None:
    shown = {
        name: (fact.decl.type.kind, fact.start, fact.decl.visible)
        for name, fact in starter().facts.items()
        if not fact.decl.place.file
    }
    passed_over = ("did.", "director.")
    assert {name: value for name, value in shown.items() if not name.startswith(passed_over)} == {
        "chapter": ("choice", "night", ("all",)),
        "ending": ("choice", "", ("all",)),
        "paused": ("bool", False, ("all",)),
        "cued.chime": ("int", 0, ("desk",)),
        "cued.footsteps": ("int", 0, ("desk",)),
        "cued.blossoming": ("int", 0, ("desk",)),
        "cued.morning": ("int", 0, ("desk",)),
        "cued.orchard_keeps": ("int", 0, ("desk",)),
        "ada.scene": ("choice", "house.kitchen", ("scene",)),
        "ada.held": ("choice", "nobody", ("all",)),
        "ada.player": ("text", "", ("all",)),
        "ben.scene": ("choice", "house.kitchen", ("scene",)),
        "ben.held": ("choice", "nobody", ("all",)),
        "ben.player": ("text", "", ("all",)),
        "music_box.holder": ("choice", "house.attic", ("holder",)),
        "clock.cockcrow": ("int", 0, ("all",)),
        "choice.waking": ("int", 0, ("role:ada",)),
        "chose.waking": ("choice", "", ("role:ada",)),
    }


def test_what_the_director_remembers_is_for_the_desk() -> None:
    facts = starter().facts
    shown = {n: f.decl.visible for n, f in facts.items() if n.startswith("director.")}
    kept = ("tension.ada", "lead.ada", "tension.ben", "lead.ben")
    whole = ("heading", "standby", "temperament", "nudge_cap")
    assert shown == {
        **{f"director.{name}": ("desk",) for name in (*kept, *whole)},
        "director.background.ada": ("role:ada",),
        "director.background.ben": ("role:ben",),
    }


def test_the_choices_of_built_in_facts_are_the_ids_of_the_pack() -> None:
    facts = starter().facts
    scenes = ("house.kitchen", "house.attic", "dream.orchard")
    assert facts["ada.scene"].decl.type.choices == (*scenes, "nowhere")
    assert facts["music_box.holder"].decl.type.choices == ("ada", "ben", *scenes, "nobody")
    assert facts["ending"].decl.type.choices == ("", "morning", "orchard_keeps")
    assert facts["chose.waking"].decl.type.choices == ("", "wake", "stay")
