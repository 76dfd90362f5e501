// The requests of a session that have no answer yet, and the conditions it watches. Pure.
//
// All but what makes a world may be asked twice, so they are asked again on a new line.
// Conditions are watched by a line: on a new one they are sent again, with what was last known of them.

import { UsageError } from "./errors.js";

const ONCE = new Set(["create", "open_class", "branch"]); // what makes something anew each time
const WAITING_MAX = 64; // without an answer; beyond: the caller's fault

export class Requests {
  #items = new Map(); // q -> {ticket, plain, wasSent}
  #watched = new Map(); // id -> {when, holds}
  #nextQ = 1;

  get count() { return this.#items.size; }

  /** Return a number that was not used before. */
  takeQ() { return this.#nextQ++; }

  /** Take a request, its map without `q`. Throws UsageError where too many wait. */
  add(ticket, plain) {
    if (this.#items.size >= WAITING_MAX) {
      throw new UsageError("too_many", "Too many requests wait for their answer.");
    }
    const { type, ...rest } = plain;
    const q = this.takeQ();
    if (type === "watch") this.#watched.set(rest.id, { when: rest.when, holds: false });
    if (type === "unwatch") this.#watched.delete(rest.id);
    this.#items.set(q, { ticket, plain: { type, q, ...rest }, wasSent: false });
  }

  /** Return the maps to send now, and take them as sent. */
  due() {
    const ready = [...this.#items.values()].filter((item) => !item.wasSent);
    for (const item of ready) item.wasSent = true;
    return ready.map((item) => item.plain);
  }

  /** Take out the request that was answered; undefined where nobody asked. */
  answered(q) {
    const item = this.#items.get(q);
    this.#items.delete(q);
    return item;
  }

  /** Take out the request that was refused; a condition that was refused is not watched. */
  refused(q) {
    const item = this.answered(q);
    if (item?.plain.type === "watch") this.#watched.delete(item.plain.id);
    return item;
  }

  /** Take out what nobody waits for any more, if it was not sent. */
  abandon(ticket) {
    for (const [q, item] of this.#items) {
      if (item.ticket === ticket && !item.wasSent) return this.#items.delete(q);
    }
    return false;
  }

  /** Take note of a hit; return whether that condition is watched. */
  matched(id, holds) {
    const watched = this.#watched.get(id);
    if (watched) watched.holds = holds;
    return watched !== undefined;
  }

  /** Make ready to ask again; return what may not be asked twice, taken out. */
  lineDown() {
    const gone = [];
    for (const [q, item] of this.#items) {
      if (item.wasSent && ONCE.has(item.plain.type)) {
        this.#items.delete(q);
        gone.push(item);
      } else {
        item.wasSent = false;
      }
    }
    return gone;
  }

  /** Return the watches to send again on a new line, but for those still to be asked. */
  watches() {
    const asked = new Set([...this.#items.values()]
      .filter((item) => item.plain.type === "watch").map((item) => item.plain.id));
    return [...this.#watched].filter(([id]) => !asked.has(id)).map(([id, { when, holds }]) => (
      { type: "watch", q: this.takeQ(), id, when, was: holds }));
  }

  /** Take everything out and return it. */
  clear() {
    const items = [...this.#items.values()];
    this.#items.clear();
    return items;
  }
}
