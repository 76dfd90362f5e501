"""What a rehearsal says: for a person, for a program, and as a gate."""

import json

from support.packs import starter
from support.planted import planted

from dreamsync_server.cli.rehearse_kept import Kept
from dreamsync_server.cli.rehearse_rounds import Results
from dreamsync_server.cli.rehearse_told import Outcome, told
from dreamsync_server.story.atlas import atlas_of
from dreamsync_server.story.proofs import proofs_of
from dreamsync_server.story.trial import play_trial
from dreamsync_server.story.verdicts import verdicts_of
from dreamsync_server.world.rehearsal import Rehearsal


def outcome(pack, trials: int = 4, kept: tuple[Kept, ...] = ()) -> Outcome:
    results = Results(1, ())
    for number in range(trials):
        results.trials[number] = play_trial(pack, 1, number)[0]
    verdicts = verdicts_of(pack, proofs_of(atlas_of(pack).reach), {}, {}, {})
    return Outcome(pack, verdicts, results, kept, ())


def lost() -> Kept:
    run = Rehearsal("starter", 1, "", (), "morning")
    return Kept("morning", run, (), "it ends in 'nothing', not in 'morning'")


def test_a_gate_names_impossible_beats_and_lost_witnesses_and_nothing_else() -> None:
    assert outcome(starter(), 0).gate_faults() == []
    faults = outcome(planted(), 0, (lost(),)).gate_faults()
    assert [fault.partition(": ")[0] for fault in faults] == [
        "planted.yaml:20:3", "planted.yaml:22:3", "planted.yaml:24:3", "rehearsals/morning.yaml",
    ]  # fmt: skip
    text = told(outcome(planted(), 0, (lost(),)), is_gate=True)
    assert "0 of 1 recorded rehearsals come out as recorded" in text


def test_a_person_reads_verdicts_with_reasons_and_the_shares_of_endings() -> None:
    text = told(outcome(planted()), is_gate=False)
    assert "beat.cellar_opens: impossible, because `cellar.key" in text
    assert "nothing ever changes deed.holder" in text
    assert "endings: 0 of 2 witnessed" in text
    assert "4 trials by all sorts of players" in text


def test_a_program_gets_all_of_it_as_json() -> None:
    plain = outcome(planted(), 2, (lost(),)).as_plain()
    again = json.loads(json.dumps(plain))
    assert again["ok"] is False
    verdicts = {one["goal"]: one for one in again["verdicts"]}
    assert verdicts["beat.cellar_opens"]["verdict"] == "impossible"
    assert verdicts["ending.morning"]["verdict"] == "not yet witnessed"
    assert again["population"]["runs"] == 2
    assert again["rehearsals"][0]["fault"]


def test_without_trials_there_is_no_population() -> None:
    assert outcome(starter(), 0).as_plain()["population"] is None
