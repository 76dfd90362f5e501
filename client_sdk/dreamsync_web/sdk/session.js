// A client's conversation with a server, without a socket. Pure: messages in, messages and notices
// out. The same machine as dreamsync/session.py.
//
//   state      what was sent        what may come                      next
//   offline    -                    -                                  lineUp → greeting
//   greeting   hello                welcome                            entering, or live *
//              -                    error, bye                         the line is broken
//   entering   enter or resume      entered                            live
//              -                    error: may be retried / else       broken / over
//   live       everything else      everything but welcome, entered    live
//   any        -                    bye, or the socket's close code    offline or over
//
//   * a session without an entry (the lobby) is live once it is greeted.
//
// What survives a line: id and secret, the mirror with its position, proposals without an outcome,
// requests without an answer (except `create`, `branch`), watched conditions, the last event seen.

import { checked } from "./codec.js";
import {
  BusyError, ClosedError, ProtocolFaultError, SessionLostError, UnknownOutcomeError, UsageError,
  errorOf,
} from "./errors.js";
import { Mirror } from "./mirror.js";
import { Proposals } from "./proposals.js";
import { CLOSES, POSE_INTERVAL_MS, VERSION, closeNamed } from "./protocol.js";
import { Requests } from "./requests.js";

const RESYNCS_MAX = 3; // whole views asked for in a row before it is left at counting
const GAP_WAIT_MS = 50;
const RETRY_MS = 250; // where the server names no time
const STATE_OF = { welcome: "greeting", entered: "entering" };

/**
 * One session of a client. Times `nowMs` are of a clock that never steps.
 *
 * Drive it so: `lineUp()` when a socket is open; `received()` for each message; `lineDown()` when
 * the socket is gone; after each, and at `wakeAtMs`, send all of `outgoing(nowMs)` and handle all
 * of `notices()`. `greeting` is {client, lang, token}; `entry` {world, as, role, name, invite,
 * token} or null for the lobby. An entry with `identity` {session, secret} takes up a session that
 * another program (or this page, before it was loaded again) had.
 */
export class ClientSession {
  #greeting;
  #entry;
  #state = "offline";
  #out = [];
  #notices = [];
  #proposals = new Proposals();
  #requests = new Requests();
  #pose = null;
  #poseAtMs = 0;
  #nextTicket = 1;
  #leaving = null;
  #isResyncing = false;
  #resyncsInARow = 0;

  constructor(greeting, entry = null) {
    this.#greeting = greeting;
    this.#entry = entry;
    this.identity = entry?.identity ?? null;
    this.mirror = null;
    this.resets = 0; // snapshots taken in place of events
    this.mismatches = 0; // views whose digest did not agree
    this.limits = {};
  }

  get state() { return this.#state; }
  /** Whether the other side has something to say before long: always in a world. */
  get isAwaiting() { return this.#entry !== null || this.#state !== "live" || this.#requests.count > 0; }
  /** The session's id, "" before it has entered. */
  get id() { return this.identity?.session ?? ""; }

  // What the program wants.

  /** Take a proposal (its map without `n`) and return the ticket it is settled under. */
  propose(plain) {
    this.#mustBeOpen();
    if (this.#proposals.isFull) {
      throw new UsageError("too_many", "Too many proposals wait for their outcome.");
    }
    const ticket = this.#nextTicket++;
    this.#proposals.add(ticket, checked(plain));
    if (plain.type === "leave") this.#leaving = ticket;
    return ticket;
  }

  /** Take a request (its map without `q`) and return the ticket it is answered under. */
  ask(plain) {
    this.#mustBeOpen();
    const ticket = this.#nextTicket++;
    this.#requests.add(ticket, checked(plain));
    return ticket;
  }

  /** Say where the avatar stands; only the latest is sent, 20 times a second at most. */
  pose(x, y, facing) {
    this.#pose = checked({ type: "pose", x, y, facing });
  }

  /** Nobody waits for this any more: take it back if it was not sent; return whether so. */
  abandon(ticket) {
    return this.#proposals.abandon(ticket) || this.#requests.abandon(ticket);
  }

  // What the line does.

  /** A socket is open: greet. */
  lineUp() {
    this.#state = "greeting";
    const { client, lang, token } = this.#greeting;
    this.#out = [checked({ type: "hello", v: VERSION, client, lang, token })];
  }

  /** The socket is gone, with this close code where there was one. */
  lineDown(closeCode = undefined) {
    this.#out = [];
    this.#pose = null;
    if (this.#state === "over") return;
    this.#state = "offline";
    const close = CLOSES.get(closeCode);
    if (close && !close.mayResume) {
      this.#close(close, "The server closed the line.");
    } else if (this.#leaving !== null && closeCode === 1000) {
      this.end(null);
    }
    for (const request of this.#requests.lineDown()) {
      const error = new UnknownOutcomeError("line_lost", "The line was lost while creating.");
      this.#tell("failed", { ticket: request.ticket, error });
    }
  }

  /** Return the maps to send now, in order, and take them as sent. */
  outgoing(nowMs) {
    const out = this.#out;
    this.#out = [];
    if (this.#state !== "live") return out;
    out.push(...this.#requests.due(), ...this.#proposals.due(nowMs));
    if (this.#pose !== null && nowMs >= this.#poseAtMs) {
      out.push(this.#pose);
      this.#pose = null;
      this.#poseAtMs = nowMs + POSE_INTERVAL_MS;
    }
    return out;
  }

  /** When to call `outgoing` again though nothing happened; null: not needed. */
  get wakeAtMs() {
    if (this.#state !== "live") return null; // before that nothing of these may be sent
    const times = [this.#proposals.wakeAtMs, this.#pose === null ? null : this.#poseAtMs]
      .filter((atMs) => atMs !== null);
    return times.length ? Math.min(...times) : null;
  }

  /** Return what there is to tell, in order, each once: {kind, …}. */
  notices() {
    const told = this.#notices;
    this.#notices = [];
    return told;
  }

  /** End the session for good: whatever waits fails. Does nothing the second time. */
  end(error) {
    if (this.#state === "over") return;
    this.#state = "over";
    this.#out = [];
    const why = error ?? new ClosedError("closed", "The session is over.");
    for (const { ticket, hasBeenSent } of this.#proposals.clear()) {
      const text = `Sent, outcome not known: ${why.text}`;
      this.#tell("failed", { ticket, error: hasBeenSent ? new UnknownOutcomeError("unknown", text) : why });
    }
    for (const { ticket } of this.#requests.clear()) this.#tell("failed", { ticket, error: why });
    this.#tell("over", { error });
  }

  /** Take in one message. Throws ProtocolFaultError where it may not come now: drop the line. */
  received(message, nowMs) {
    if (this.#state === "over") return;
    this.#mustBeDue(message);
    switch (message.type) {
      case "bye": return this.#onBye(message);
      case "error": return this.#onError(message, nowMs);
      case "welcome": return this.#onWelcome(message);
      case "entered": return this.#onEntered(message, nowMs);
      case "view": return this.#onView(message, nowMs);
      case "quiet": return this.#mirrored(message).passOver(message, nowMs);
      case "reset": return this.#onReset(message, nowMs);
      case "poses": return this.#tell("posed", { poses: message });
      case "hit":
        if (this.#requests.matched(message.id, message.holds)) this.#tell("matched", { hit: message });
        return undefined;
      case "pack": return this.#tell("pack", { change: message });
      default: { // created, worlds, card, answer
        const item = this.#requests.answered(message.q);
        if (item) this.#tell("replied", { ticket: item.ticket, answer: message });
        return undefined;
      }
    }
  }

  // Each message.

  #onWelcome(welcome) {
    this.limits = welcome.limits ?? {};
    if (this.#entry === null) return this.#goLive(false);
    this.#state = "entering";
    const q = this.#requests.takeQ();
    const { world, as, role, name, invite, token } = this.#entry;
    if (this.identity === null) {
      this.#out.push(checked({ type: "enter", q, world, as, role, name, invite, token }));
      return undefined;
    }
    const [epoch, seq] = this.mirror?.resumePosition ?? [0, 0];
    this.#out.push(checked({ type: "resume", q, world, ...this.identity, epoch, seq }));
    return undefined;
  }

  #onEntered(entered, nowMs) {
    const isFirst = this.mirror === null;
    this.#takeWhole(entered, nowMs, isFirst ? "" : "trimmed");
    this.#proposals.restart(entered.n, isFirst || !entered.resumed);
    this.#out.push(...this.#requests.watches());
    this.#goLive(isFirst);
  }

  #onReset(reset, nowMs) {
    this.#takeWhole(reset, nowMs, reset.why);
    if (!reset.resumed) this.#proposals.restart(reset.n, true);
  }

  #onView(view, nowMs) {
    const mirror = this.#mirrored(view);
    if (view.pos[1] < mirror.position[1]) {
      throw new ProtocolFaultError("bad_order", "A view came for a position already passed.");
    }
    const isSame = mirror.change(view, nowMs);
    this.#judge(isSame);
    this.#news(mirror.newEvents(view.events), view.outcomes);
    this.#tell("changed");
  }

  #onError(error, nowMs) {
    if (this.#state === "greeting" || this.#state === "entering") {
      this.#onEntryRefused(error);
    } else if (error.n !== undefined) {
      this.#onNotTaken(error, nowMs);
    } else if (error.q !== undefined) {
      const item = this.#requests.refused(error.q);
      const why = errorOf(error.code, error.text, error.retry_ms);
      if (item) this.#tell("failed", { ticket: item.ticket, error: why });
    }
  }

  #onEntryRefused(error) {
    const why = errorOf(error.code, error.text, error.retry_ms);
    if (why instanceof BusyError) {
      this.#tell("broken", { error: why, retryMs: why.retryMs || RETRY_MS });
    } else {
      this.end(this.identity === null ? why : new SessionLostError(error.code, error.text));
    }
  }

  /** The gateway did not take a proposal: wait and go again from there, or give it up. */
  #onNotTaken(error, nowMs) {
    const why = errorOf(error.code, error.text, error.retry_ms);
    if (why instanceof BusyError) {
      const waitMs = why.retryMs || (error.code === "gap" ? GAP_WAIT_MS : RETRY_MS);
      this.#proposals.wait(error.n, nowMs + waitMs);
      return;
    }
    const gone = this.#proposals.giveUp(error.n);
    if (gone) this.#tell("failed", { ticket: gone.ticket, error: why });
  }

  #onBye(bye) {
    if (bye.code === "left") return this.end(null);
    const close = closeNamed(bye.code);
    if (close && !close.mayResume) return this.#close(close, bye.text);
    const error = new ClosedError(bye.code, bye.text, close?.fault);
    return this.#tell("broken", { error, retryMs: bye.retry_ms ?? 0 });
  }

  // Parts of the above.

  /** Replace the mirror; tell of a jump where events may be missing, and go on with events. */
  #takeWhole(whole, nowMs, why) {
    this.identity = { session: whole.session, secret: whole.secret };
    this.#isResyncing = false;
    let isSame;
    if (this.mirror === null) {
      this.mirror = new Mirror(whole, nowMs);
      isSame = this.mirror.digest === whole.digest;
      this.#tell("jumped", { why: "first", recap: whole.recap ?? [] });
    } else {
      isSame = this.mirror.replace(whole, nowMs);
      if (!whole.resumed) {
        this.resets += 1;
        this.#tell("jumped", { why, recap: whole.recap ?? [] });
      }
    }
    this.#judge(isSame);
    this.#news(this.mirror.firstEvents(whole), whole.outcomes);
    this.#tell("changed");
  }

  #news(events, outcomes) {
    for (const event of events) this.#tell("happened", { event });
    for (const outcome of outcomes ?? []) {
      const item = this.#proposals.settle(outcome.n);
      if (!item) continue;
      this.#tell("settled", { ticket: item.ticket, outcome });
      if (item.ticket === this.#leaving) {
        this.#leaving = null;
        if (outcome.ok) this.end(null);
      }
    }
  }

  /** Ask for the whole view where the mirror went wrong, a few times in a row at most. */
  #judge(isSame) {
    if (isSame) {
      this.#resyncsInARow = 0;
      return;
    }
    this.mismatches += 1;
    if (this.#isResyncing || this.#resyncsInARow >= RESYNCS_MAX) return;
    this.#isResyncing = true;
    this.#resyncsInARow += 1;
    this.#out.push({ type: "resync", q: this.#requests.takeQ(), digest: this.mirror.digest });
  }

  #close(close, text) {
    this.end(close.name === "world_closed" ? null : new ClosedError(close.name, text, close.fault));
  }

  #goLive(isFirst) {
    this.#state = "live";
    this.#tell("live", { isFirst });
  }

  #mirrored(message) {
    if (this.mirror === null) {
      throw new ProtocolFaultError("bad_order", `A ${message.type} came outside of a world.`);
    }
    return this.mirror;
  }

  #mustBeDue(message) {
    if (message.type === "bye" || message.type === "error") return;
    if (this.#state !== (STATE_OF[message.type] ?? "live")) {
      throw new ProtocolFaultError("bad_order", `A ${message.type} came while ${this.#state}.`);
    }
  }

  #mustBeOpen() {
    if (this.#state === "over") throw new ClosedError("closed", "The session is over.");
  }

  #tell(kind, fields = {}) {
    this.#notices.push({ kind, ...fields });
  }
}
