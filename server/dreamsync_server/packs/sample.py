"""A pack as small as can be, without faults: what the catalogue's examples are put into."""

from collections.abc import Mapping
from typing import Final

SAMPLE: Final[Mapping[str, str]] = {
    "pack.yaml": """\
format: 1
id: sample
languages: [en]
""",
    "base.yaml": """\
roles:
  ada: {scene: hall}
  ben: {scene: hall}
  guest: {scene: hall, chorus: 3}
things:
  lamp: {holder: hall}
sets:
  family: [ada, ben]
scenes:
  hall: {exits: [yard]}
  yard: {exits: [{to: hall, when: calm >= 1}]}
facts:
  calm: {type: int, range: [0, 10], start: 1, drift: 2 per hour}
  nerve: {about: role, type: int, range: [0, 10], start: 5}
  mood: {about: role, type: choice, choices: [quiet, loud], visible: scene}
  bond: {about: pair, of: family, type: int, range: [-5, 5]}
  seen: {type: list, items: {choices: [sun, moon]}, size: 4}
  hummed: {about: seat, type: bool}
actions:
  rest:
    by: [ada, ben]
    params: {who: {role: family, when: who != me}}
    when: me.nerve >= 2
    do:
      - add: {calm: 1, me.nerve: 1, bond.me.who: 1}
      - set: {me.mood: loud}
      - append: {seen: sun}
      - tell: resting
  hum: {by: guest, when: not me.hummed, do: [set: {me.hummed: true}]}
laws:
  loud: {when: 'any(r.mood == "loud" for r in family) and len(seen) > 1', do: [start: bell]}
beats:
  noon: {when: bond.ada.ben > 1, do: [offer: stay]}
endings:
  night: {when: chapter == "late"}
chapters: {early: {}, late: {}}
clocks:
  bell: {length: 10s, do: [chapter: late]}
choices:
  stay: {role: ada, default: here_on, options: {here_on: {do: []}, away: {do: [end: night]}}}
""",
    "text/en.yaml": """\
title: A sample
about: For the catalogue of faults.
notes: Nothing happens.
role.ada.name: Ada
role.ada.about: One.
role.ben.name: Ben
role.ben.about: Another.
role.guest.name: a guest
role.guest.about: One of three.
scene.hall.name: the hall
scene.hall.text: A hall.
scene.yard.name: the yard
scene.yard.text: A yard.
thing.lamp.name: the lamp
fact.calm.name: calm
fact.nerve.name: nerve
fact.mood.name: mood
fact.bond.name: bond
fact.seen.name: seen
fact.hummed.name: hummed
action.rest.label: rest
action.hum.label: hum
resting: "{me} rests by {who}."
beat.noon.title: Noon
beat.noon.text: It is noon.
ending.night.title: Night
ending.night.text: It is night.
chapter.early.title: Early
chapter.late.title: Late
clock.bell.name: the bell
choice.stay.ask: Do you stay?
choice.stay.here_on: I stay.
choice.stay.away: I go.
""",
}
