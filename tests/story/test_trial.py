"""A trial: one run of bots, noted in plain values."""

from support.packs import starter

from dreamsync_server.story.goals import Goal, goals_of
from dreamsync_server.story.trial import Trial, play_trial, trial_run


def test_a_trial_notes_what_happened_and_comes_out_the_same_again() -> None:
    trial, play = trial_run(starter(), 1, 3)
    assert trial.ending == play.ending != ""
    cued = {str(dict(c.cause.arguments)["beat"]) for c in play.commits
            if c.cause.kind == "cue" and c.outcomes[0].code == "ok"}  # fmt: skip
    assert set(trial.beats) == cued
    assert trial.turns == len(play.commits)
    assert set(trial.useful) <= set(trial.done)
    assert 0 < trial.gap_ms <= trial.ended_ms
    assert [second for second, _, _ in trial.tension] == list(range(0, trial.ended_ms // 1000, 30))
    assert any(group > 0 for _, group, _ in trial.tension)
    assert trial.gap_from_ms + trial.gap_ms <= trial.ended_ms
    assert play_trial(starter(), 1, 3)[0] == trial
    assert Trial(**trial.as_plain()) == trial


def test_the_wanted_goals_that_it_passes_are_given_with_their_steps() -> None:
    found = play_trial(starter(), 1, 3, wanted=goals_of(starter()))[1]
    assert Goal("action", "make_tea") in {one.goal for one in found}
    assert all(one.run is found[0].run for one in found)


def test_without_a_role_nobody_plays_it() -> None:
    trial, play = trial_run(starter(), 1, 0, absent=("ben",))
    assert "ben" not in trial.cast
    assert play.facts["ben.held"] == "nobody"
    assert trial.spotlight["ben"] == 0
