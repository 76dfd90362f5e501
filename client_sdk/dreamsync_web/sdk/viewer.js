// Somebody in a world: what is seen, what happened, and what a player may propose.

import { Connection } from "./connection.js";
import { ClosedError, EventsLostError, LineLostError, UnknownOutcomeError } from "./errors.js";
import { ClientSession } from "./session.js";
import { Standing } from "./standing.js";

const ANSWER_MS = 30_000; // reconnecting included
const LEAVE_MS = 5_000;
const EVENTS_KEPT_MAX = 4096; // unread; beyond: the oldest are dropped, and the reader is told

/** A session and its connection, as promises. `onNotice` gets what nobody awaits. */
export class Conversation {
  #waiting = new Map();
  #opening;

  constructor(url, greeting, entry, options) {
    const { onNotice = () => {}, ...rest } = options;
    this.session = new ClientSession(greeting, entry);
    this.connection = new Connection(url, this.session, {
      ...rest,
      onNotice: (notice) => {
        this.#settle(notice);
        onNotice(notice);
      },
    });
  }

  /** Open the first line and wait until the session stands; nothing is retried the first time. */
  open() {
    return new Promise((resolve, reject) => {
      this.#opening = { resolve, reject };
      this.connection.open();
    });
  }

  /** Propose, and return what became of it, also across reconnects. */
  propose(plain, timeoutMs = ANSWER_MS) {
    return this.#wait(this.session.propose(plain), timeoutMs);
  }

  /** Ask, and return the answer. */
  ask(plain, timeoutMs = ANSWER_MS) {
    return this.#wait(this.session.ask(plain), timeoutMs);
  }

  close() {
    this.connection.close();
  }

  #wait(ticket, timeoutMs) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(ticket);
        reject(this.session.abandon(ticket)
          ? new LineLostError("timeout", "It could not be sent in time.")
          : new UnknownOutcomeError("timeout", "Sent, but no answer came in time."));
      }, timeoutMs);
      this.#waiting.set(ticket, { resolve, reject, timer });
      this.connection.wake();
    });
  }

  #settle(notice) {
    if (notice.kind === "live") this.#opening?.resolve();
    if (notice.kind === "over") {
      this.#opening?.reject(notice.error ?? new ClosedError("closed", "Closed before it opened."));
    }
    const waiting = this.#waiting.get(notice.ticket);
    if (!waiting) return;
    this.#waiting.delete(notice.ticket);
    clearTimeout(waiting.timer);
    if (notice.kind === "failed") waiting.reject(notice.error);
    else waiting.resolve(notice.outcome ?? notice.answer);
  }
}

/** Call a program's own function; what it throws is the program's, and stops nothing here. */
export function call(listener, told) {
  try {
    // One that is async fails by itself: as a rejection that nobody handled.
    listener(told);
  } catch (error) {
    queueMicrotask(() => { throw error; });
  }
}

/** Somebody in a world. Made by `Dream`. */
export class Viewer {
  #conversation;
  #listeners = new Set();
  #standing = new Standing();
  #events = [];
  #dropped = 0; // events that were not read in time
  #readers = [];
  #over = null;
  #isRead; // whether somebody reads `events()`, or may yet

  /** `isTold`: a listener hears everything, so that nothing is kept before `events()` is read. */
  constructor(converse, isTold = false) {
    this.#isRead = !isTold;
    this.recap = [];
    this.#conversation = converse((notice) => this.#note(notice));
  }

  open() { return this.#conversation.open(); }

  // What is seen.

  get mirror() { return this.#conversation.session.mirror; }
  get connection() { return this.#conversation.connection; }
  get nowMs() { return this.connection.nowMs; }
  get worldMs() { return this.mirror.worldMs(this.nowMs); }
  get world() { return this.mirror.world; }
  get position() { return this.mirror.position; }
  get digest() { return this.mirror.digest; }
  get names() { return this.mirror.names; }
  get role() { return this.mirror.role; }
  get seat() { return this.mirror.seat; }
  get choices() { return this.mirror.choices; }
  get isRunning() { return this.mirror.running; }
  get isLive() { return this.#conversation.session.state === "live"; }
  get isOver() { return this.#over !== null; }
  get resets() { return this.#conversation.session.resets; }
  get mismatches() { return this.#conversation.session.mismatches; }
  /** {session, secret}: who this is to the server; with it the session can be taken up again. */
  get identity() { return this.#conversation.session.identity; }
  get session() { return this.#conversation.session.id; }
  /** [seat, x, y, facing] of whoever is in view: a player sees its own scene, others several. */
  get poses() { return this.#standing.all(); }
  /** Return [seat, x, y, facing] of whoever is in view in a scene. */
  posesIn(scene) { return this.#standing.in(scene); }

  /** Return a fact as it is now; undefined where it is not seen. */
  fact(name) { return this.mirror.read(name, this.nowMs); }
  /** Return all facts that are seen, as they are now. */
  facts() {
    return Object.fromEntries([...this.mirror.facts.keys()].map((name) => [name, this.fact(name)]));
  }
  /** Return what may be done now, in the authors' order. */
  actions() { return this.mirror.offers(this.nowMs); }

  /** Call `listener` with each notice, see session.js; return how to stop. */
  listen(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Yield events as they come, in order, without gaps across reconnects; ends with the session.
   * Throws EventsLostError once, in the place of events that were dropped: read again after it.
   * Who gave an `onNotice` was told of those before the first call: they are not kept.
   */
  async* events() {
    this.#isRead = true;
    while (true) {
      if (this.#dropped) {
        const count = this.#dropped;
        this.#dropped = 0;
        throw new EventsLostError(count);
      }
      if (this.#events.length) yield this.#events.shift();
      else if (this.#over?.error) throw this.#over.error;
      else if (this.#over) return;
      else await new Promise((resolve) => { this.#readers.push(resolve); });
    }
  }

  /** Wait until something is so; looked at after every view. */
  until(isSo, timeoutMs = 60_000) {
    return new Promise((resolve, reject) => {
      if (isSo(this)) return void resolve();
      const timer = setTimeout(() => {
        stop();
        reject(new LineLostError("timeout", "It was not so in time."));
      }, timeoutMs);
      const stop = this.listen((notice) => {
        if (notice.kind === "over" || isSo(this)) {
          stop();
          clearTimeout(timer);
          if (notice.kind === "over") reject(notice.error ?? new ClosedError("closed", "The session is over."));
          else resolve();
        }
      });
    });
  }

  // What everybody may do.

  async people() { return (await this.ask("people")).people ?? []; }
  /** Ask for texts in another language; return the one they are in from now on. */
  async speak(lang) { return (await this.ask("lang", { lang })).lang; }
  /** Leave the world for good, and close. */
  async leave() {
    try {
      await this.#conversation.propose({ type: "leave" }, LEAVE_MS);
    } catch {
      // Whatever ends it first: that it is over is what was wanted.
    } finally {
      this.close();
    }
  }
  /** Close the line without leaving: the seat is kept for a while. */
  close() { this.#conversation.close(); }

  /** Send a pose; `Player.pose` is for programs. */
  place(x, y, facing) {
    this.#conversation.session.pose(x, y, facing);
    this.connection.wake();
  }

  ask(type, fields = {}) { return this.#conversation.ask({ type, ...fields }); }
  propose(type, fields = {}) { return this.#conversation.propose({ type, ...fields }); }

  #note(notice) {
    if (notice.kind === "happened") this.#put(notice.event);
    if (notice.kind === "jumped") {
      this.recap = notice.recap;
      this.#put({ kind: "reset", text: notice.recap.join("\n"), key: notice.why, at: [0, 0], ms: 0 });
    }
    if (notice.kind === "posed") this.#standing.take(notice.poses.scene, notice.poses.poses);
    if (notice.kind === "changed") this.#standing.beIn(this.mirror.facts.get(`${this.seat}.scene`) ?? "");
    if (notice.kind === "over") this.#over = notice;
    for (const listener of [...this.#listeners]) call(listener, notice);
    if (notice.kind === "over") this.#wakeReaders();
  }

  #put(event) {
    if (!this.#isRead) return;
    this.#events.push(event);
    if (this.#events.length > EVENTS_KEPT_MAX) {
      this.#events.shift();
      this.#dropped += 1;
    }
    this.#wakeReaders();
  }

  #wakeReaders() {
    for (const resolve of this.#readers.splice(0)) resolve();
  }
}

/** Somebody who holds a role, or may claim one. Every proposal returns an outcome. */
export class Player extends Viewer {
  act(action, params = {}) { return this.propose("act", { action, params }); }
  choose(choice, option) { return this.propose("choose", { choice, option }); }
  claim(role) { return this.propose("claim", { role }); }
  release() { return this.propose("release"); }
  /** Stay in the background: the director gives this role no leads; or it does again. */
  background(on = true) { return this.propose("background", { on }); }
  handover(session) { return this.propose("handover", { to: session }); }
  pause(why = "") { return this.propose("pause", { why }); }
  unpause() { return this.propose("unpause"); }
  /** Tell the desk, and nobody else, that one minds what somebody wrote in an event. */
  report({ at: [seq, i] }, why = "") { return this.propose("report", { seq, i, why }); }

  /** Say where the avatar stands: hundredths of a step, and degrees. Latest wins. */
  pose(x, y, facing) {
    this.place(x, y, facing);
  }
}
