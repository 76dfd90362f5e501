"""Temperaments: three ways of weighing, and what sets them apart."""

from dreamsync_server.story.temperament import TEMPERS
from dreamsync_server.world.memory import TEMPERAMENTS


def test_every_temperament_of_the_language_has_its_weights() -> None:
    assert tuple(TEMPERS) == TEMPERAMENTS


def test_each_is_what_it_is_called() -> None:
    patient, mischievous, kind = (TEMPERS[name] for name in TEMPERAMENTS)
    assert mischievous.bar < patient.bar
    assert mischievous.lift > patient.lift > kind.lift
    assert mischievous.intrusion > 0 > patient.intrusion > kind.intrusion
    assert kind.stall_ms < patient.stall_ms
    assert kind.spotlight > patient.spotlight
