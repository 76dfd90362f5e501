"""A world of a shipped pack played by hand: who does what, at whose turn, and what came of it.

A player of a role is the session `s_<role>` and joins when first needed, as in a rehearsal, so that
whatever is played here can be recorded. Nobody acts by themselves; time passes when it is told to.
"""

from typing import Any, Final

from dreamsync_server.story.playthrough import Playthrough
from dreamsync_server.world.commit import Event, Outcome

STORY_S_MAX: Final = 4_500
"""No run of a shipped pack lasts longer."""


class ByHand:
    """One world. `it["leo.fear"]` is a fact as it reads now."""

    def __init__(self, play: Playthrough) -> None:
        self.play = play

    def __getitem__(self, fact: str) -> Any:
        return self.play.facts.whole(self.play.pack.aliases.get(fact, fact))

    @property
    def ending(self) -> str:
        """The ending reached, "" for none yet."""
        return self.play.ending

    # --- people

    def tries(self, role: str, action: str, **params: Any) -> str:
        """Let a role's player try something, waiting where it is too soon; return the code."""
        return self._act(role, action, params).code

    def do(self, role: str, action: str, **params: Any) -> None:
        """Let a role's player do something, waiting where it is too soon."""
        outcome = self._act(role, action, params)
        assert outcome.code == "ok", f"{role} cannot {action}: {outcome}"

    def choose(self, role: str, choice: str, option: str) -> None:
        """Let a role's player answer a choice."""
        outcome = self.play.choose(self._player(role), choice, option)
        assert outcome.code == "ok", f"{role} cannot answer {choice}: {outcome}"

    def cue(self, beat: str) -> None:
        """Bring a beat in from the desk; its own condition must hold."""
        code = self.tries_to_cue(beat)
        assert code == "ok", f"{beat} cannot be cued: {code}"

    def tries_to_cue(self, beat: str) -> str:
        """Try to bring a beat in from the desk; return the outcome's code."""
        if "@session.s_desk" not in self.play.facts:
            self.play.join("s_desk", kind="desk")
        return self.play.ask("cue", "desk", "s_desk", {"beat": beat}).code

    def _act(self, role: str, action: str, params: dict[str, Any]) -> Outcome:
        session = self._player(role)
        free_ms = self.play.facts.get(f"@cool.{role}.{action}", 0)
        assert isinstance(free_ms, int)
        if free_ms > self.play.world_ms:
            self.play.pass_to(free_ms)
        return self.play.act(session, action, **params)

    def _player(self, role: str) -> str:
        session = f"s_{role}"
        if f"@session.{session}" not in self.play.facts:
            outcome = self.play.join(session, role)
            assert outcome.code == "ok", f"nobody can play {role}: {outcome}"
        return session

    # --- time

    def wait(self, seconds: int) -> None:
        """Let world time pass."""
        self.play.pass_ms(seconds * 1000)

    def until(self, chapter: str) -> None:
        """Let world time pass until a chapter begins, or an ending comes."""
        self._until("chapter", chapter)

    def _until(self, fact: str, wanted: Any) -> None:
        waited_s = 0
        while self[fact] != wanted and not self.ending:
            self.wait(5)
            waited_s += 5
            assert waited_s <= STORY_S_MAX, f"{fact} never comes to {wanted}"

    # --- what came of it

    def heard(self, key: str) -> list[Event]:
        """Return every event so far that says this text."""
        return [e for commit in self.play.commits for e in commit.events if e.key == key]

    def last(self, key: str) -> dict[str, Any]:
        """Return the arguments of the last event that said this text."""
        return dict(self.heard(key)[-1].arguments)
