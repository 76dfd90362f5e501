// The desk: a game master's or a script's power over a world, and its watched conditions.

import { valueAt, isDrift, isText } from "./drift.js";
import { RefusedError, UsageError } from "./errors.js";
import { Player, call } from "./viewer.js";

/** A world's desk. Proposals return outcomes, as a player's do. */
export class Desk extends Player {
  #handlers = new Map(); // id -> {condition, handler}
  #watched = 0; // conditions so far; each has a name of its own

  constructor(converse) {
    super(converse);
    /** Faults of the pack's files as they are now, one a line; told where the server watches them. */
    this.packFaults = "";
    this.listen((notice) => {
      if (notice.kind === "matched") this.#onHit(notice.hit);
      if (notice.kind === "pack") this.packFaults = notice.change.ok ? "" : notice.change.text;
    });
  }

  cue(beat, { override = false, once, occurrence, why = "" } = {}) {
    return this.propose("cue", { beat, override, once, occurrence, why });
  }
  hold(beat, why = "") { return this.propose("hold", { beat, why }); }
  unhold(beat, why = "") { return this.propose("unhold", { beat, why }); }
  skip(beat, why = "") { return this.propose("skip", { beat, why }); }
  /** Take back what a beat or nudge did last, where the pack says how. */
  undo(target, why = "") { return this.propose("undo", { target, why }); }
  whisper(to, text, why = "") { return this.propose("whisper", { to, text, why }); }
  resume(why = "") { return this.propose("unpause", { why }); }
  remove(session, why = "") { return this.propose("remove", { session, why }); }
  /** Let nothing be told that somebody writes; `on` false lets it be told again. */
  mute(session, on = true, why = "") { return this.propose("mute", { session, on, why }); }
  /** Close the world for good, without an ending; everybody is let go, this desk too. */
  closeWorld(why = "") { return this.propose("close", { why }); }
  /** Give a role to an "understudy", to "nobody", or to a "player": the one of `session`. */
  seatTo(role, to, { session, why = "" } = {}) { return this.propose("seat", { role, to, session, why }); }
  nudge(means, target, { text = "", ms = 0, action, why = "" } = {}) {
    return this.propose("nudge", { means, target, text, ms, action, why });
  }
  /** Take over from the director (standby), hand back, or say how it is to be. */
  direct({ standby, temperament, nudge_cap, why = "" } = {}) {
    return this.propose("direct", { standby, temperament, nudge_cap, why });
  }
  /** Keep the director from a beat or nudge for a while; 0 ms lets it go again. */
  veto(target, { ms = 300_000, why = "" } = {}) {
    return this.propose("veto", { target, ms, why });
  }
  /** Return why a beat can or cannot be cued now, or would be if some facts were others. */
  async why(beat, what_if = {}) { return (await this.ask("why", { beat, what_if })).why; }

  /** Return how the beats of the story lead to one another: {chapters, nodes, edges}. */
  async graph() { return (await this.ask("graph")).graph; }
  /** Return how tense the world was and should have been: [{ms, wanted, actual, chapter}]. */
  async tension() { return (await this.ask("tension")).tension ?? []; }
  /** Return what players reported of what others wrote, oldest first. */
  async reports() { return (await this.ask("reports")).reports ?? []; }

  /** Return a page of what happened behind seq `after`: {marks, tail, ms, next?, origin?}. */
  async history(after = 0) { return (await this.ask("history", { after })).history; }
  /** Return how the world was after a commit; `eyes` are "desk", "watcher" or a seat. */
  async look(seq, eyes = "desk") { return (await this.ask("look", { seq, eyes })).look; }
  /** Open a new private world that begins as this one was after `seq`; return its secrets. */
  branch(seq, title) { return this.ask("branch", { seq, title }); }
  /** Erase what a session wrote so far, its name too; return how many texts were erased. */
  async erase(session, why = "") { return (await this.ask("erase", { session, why })).erased; }

  /**
   * Call `handler({when, position, facts})` each time a condition over facts turns true; one that
   * holds already counts. Returns once the server has taken it, and throws where it is refused.
   */
  async when(condition, handler) {
    const id = `w${++this.#watched}`;
    this.#handlers.set(id, { condition, handler });
    try {
      await this.ask("watch", { id, when: condition });
    } catch (error) {
      if (error instanceof RefusedError || error instanceof UsageError) this.#handlers.delete(id);
      throw error;
    }
  }

  /**
   * Stop watching every condition that `when` gave this handler to; it is not called any more from
   * now on. Throws UsageError where `when` was not given it, or it is watched no more.
   */
  async unwatch(handler) {
    const ids = [...this.#handlers].filter(([, known]) => known.handler === handler).map(([id]) => id);
    if (ids.length === 0) throw new UsageError("unknown_handler", "No condition is watched for this handler.");
    for (const id of ids) this.#handlers.delete(id);
    for (const id of ids) await this.ask("unwatch", { id });
  }

  #onHit(hit) {
    const known = this.#handlers.get(hit.id);
    if (!hit.holds || !known) return;
    const facts = Object.fromEntries(Object.entries(hit.facts ?? {}).map(([name, value]) => [
      name,
      isDrift(value) ? valueAt(value, this.worldMs) : isText(value) ? value.text : value,
    ]));
    call(known.handler, { when: known.condition, position: hit.pos, facts });
  }
}
