// The numbered proposals of a session that have no outcome yet. Pure.
//
// Numbered as they are made and sent in that order, at most WINDOW under way. One that got an
// outcome leaves. One that the gateway did not take stops the line there: either it waits and goes
// again with the same number, or it leaves and those behind it move up one number; nothing behind
// it was taken. After a new line everything goes again: the world decides a number once.

import { OUTCOMES_KEPT } from "./protocol.js";

export const WINDOW = OUTCOMES_KEPT;
export const WAITING_MAX = 256; // made and without an outcome; beyond: the caller's fault

export class Proposals {
  #items = [];
  #sent = 0; // how many of the items are under way on this line
  #nextN = 1;
  #holdUntilMs = null;
  #decidedN = 0;

  get size() { return this.#items.length; }
  get isFull() { return this.#items.length >= WAITING_MAX; }
  /** When to look again while the line is held back; null where nothing waits for time. */
  get wakeAtMs() { return this.#holdUntilMs; }

  add(ticket, plain) {
    this.#items.push({ ticket, n: this.#nextN++, plain, hasBeenSent: false });
  }

  /** Return the maps to send now, and take them as sent. */
  due(nowMs) {
    if (this.#holdUntilMs !== null) {
      if (nowMs < this.#holdUntilMs) return [];
      this.#holdUntilMs = null;
    }
    const ready = this.#items.slice(this.#sent, WINDOW);
    for (const item of ready) item.hasBeenSent = true;
    this.#sent += ready.length;
    return ready.map(({ n, plain: { type, ...rest } }) => ({ type, n, ...rest }));
  }

  /** Take out the proposal that got its outcome; undefined where there is none of that number. */
  settle(n) {
    this.#decidedN = Math.max(this.#decidedN, n);
    const at = this.#index(n);
    return at < 0 ? undefined : this.#take(at);
  }

  /** Send again from number `n` on, not before `untilMs`. */
  wait(n, untilMs) {
    const at = this.#index(n);
    if (at >= 0 && at < this.#sent) {
      this.#sent = at;
      this.#holdUntilMs = untilMs;
    }
  }

  /** Take out a proposal that was not taken; those behind it move up and go again. */
  giveUp(n) {
    const at = this.#index(n);
    if (at < 0 || at >= this.#sent) return undefined;
    const gone = this.#take(at);
    // Of a repeat that was not taken, the number was decided before and is not free.
    if (n <= this.#decidedN) return gone;
    this.#sent = at;
    this.#renumber(at, gone.n);
    return gone;
  }

  /** Take out what nobody waits for, if it was never sent; return whether it was. */
  abandon(ticket) {
    const at = this.#items.findIndex((item) => item.ticket === ticket && !item.hasBeenSent);
    if (at < 0) return false;
    const gone = this.#take(at);
    this.#renumber(at, gone.n);
    return true;
  }

  /** Send everything again on a new line. `decidedN` is the highest that was decided. */
  restart(decidedN, isRepaired = false) {
    this.#sent = 0;
    this.#holdUntilMs = null;
    this.#decidedN = decidedN;
    const first = this.#items[0]?.n ?? this.#nextN;
    // Where the world may know less than was acked, numbers go on from what it knows.
    if (isRepaired && (first > decidedN + 1 || this.#items.length === 0)) {
      this.#renumber(0, decidedN + 1);
    }
  }

  /** Take everything out and return it. */
  clear() {
    const items = this.#items;
    this.#items = [];
    this.#sent = 0;
    return items;
  }

  #index(n) { return this.#items.findIndex((item) => item.n === n); }

  #take(at) {
    if (at < this.#sent) this.#sent -= 1;
    return this.#items.splice(at, 1)[0];
  }

  #renumber(at, n) {
    for (const item of this.#items.slice(at)) item.n = n++;
    this.#nextN = n;
  }
}
