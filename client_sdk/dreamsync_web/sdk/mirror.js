// What one viewer sees of a world, kept by applying what the server sends. Pure.

import { Digest } from "./digest.js";
import { isDrift, isText, valueAt } from "./drift.js";
import { INT_EXACT_MAX } from "./protocol.js";

const SORTS = ["roles", "things", "scenes", "facts"]; // of cards
const AHEAD_S_MAX = 2; // how far reckoned world time may run ahead of a frame before it is set back

const isAfter = (at, last) => at[0] > last[0] || (at[0] === last[0] && at[1] > last[1]);

/** One viewer's view. Times `nowMs` are of the caller's own clock that never steps. */
export class Mirror {
  #lastEvent = [-1, -1];
  #digest = new Digest();
  #beforeTail = null; // where to resume while a tail still comes in further views
  #anchor = [0, 0]; // world time, and the caller's at that moment

  constructor(whole, nowMs) {
    this.replace(whole, nowMs);
  }

  /** Take a whole view; return whether its digest is that of its facts. */
  replace(whole, nowMs) {
    // Of a tail that is still to come in further views nothing counts as had.
    this.#beforeTail = whole.resumed && whole.more && this.position ? this.resumePosition : null;
    this.world = whole.world;
    this.as = whole.as;
    this.role = whole.role;
    this.seat = whole.seat;
    this.position = whole.position;
    this.speed = whole.speed;
    this.running = whole.running;
    this.facts = new Map(Object.entries(whole.facts));
    this.actions = new Map(whole.actions.map((offer) => [offer.id, offer]));
    this.choices = whole.choices;
    // Without a prototype: nothing is known by a name that only objects have, such as "constructor".
    this.names = Object.fromEntries(SORTS.map((sort) => [sort, Object.create(null)]));
    this.#learn(whole.cards);
    this.#digest = new Digest();
    for (const [name, value] of this.facts) this.#digest.add(name, value);
    this.#anchor = [whole.ms, nowMs];
    return this.digest === whole.digest;
  }

  /** Apply a view; return whether the digests agree after it. */
  change(view, nowMs) {
    if (!view.more) this.#beforeTail = null;
    for (const name of view.gone ?? []) this.#forget(name);
    for (const [name, value] of Object.entries(view.changes ?? {})) {
      this.#forget(name);
      this.facts.set(name, value);
      this.#digest.add(name, value);
    }
    for (const action of view.withdrawn ?? []) this.actions.delete(action);
    for (const offer of view.actions ?? []) this.actions.set(offer.id, offer);
    if (view.choices) this.choices = view.choices;
    if (view.cards) this.#learn(view.cards);
    if (view.role !== undefined) this.role = view.role;
    if (view.seat !== undefined) this.seat = view.seat;
    this.#reach(view.pos, view.ms, nowMs, view.running);
    return this.digest === view.digest;
  }

  /** Return the events that were not seen before, and take them as seen. */
  newEvents(events) {
    return (events ?? []).filter((event) => {
      if (!isAfter(event.at, this.#lastEvent)) return false;
      this.#lastEvent = event.at;
      return true;
    });
  }

  /** Return the new events of a whole view; where it does not go on, all of them are new. */
  firstEvents(whole) {
    if (whole.resumed) return this.newEvents(whole.events);
    this.#lastEvent = [whole.position[1], INT_EXACT_MAX];
    return [...whole.events ?? []];
  }

  /** Take note that nothing was seen up to a position. */
  passOver(quiet, nowMs) {
    this.#reach(quiet.pos, quiet.ms, nowMs, undefined);
  }

  /** From where to resume: behind all that was taken in whole. */
  get resumePosition() { return this.#beforeTail ?? this.position; }

  /** The digest of the facts, as it is sent. */
  get digest() { return this.#digest.hex; }

  /** Return world time in ms, reckoned from the last frame; it stands while paused. */
  worldMs(nowMs) {
    const [ms, atMs] = this.#anchor;
    if (!this.running) return ms;
    return ms + Math.floor(Math.max(0, nowMs - atMs) * this.speed / 1000);
  }

  /** Return a fact as it is now; undefined where it is not seen. */
  read(name, nowMs) {
    const value = this.facts.get(name);
    if (isDrift(value)) return valueAt(value, this.worldMs(nowMs));
    return isText(value) ? value.text : value;
  }

  /** Return what may be done, in the authors' order; a cooldown that is over is ready. */
  offers(nowMs) {
    const worldMs = this.worldMs(nowMs);
    return [...this.actions.values()]
      .sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0) || (a.id < b.id ? -1 : 1))
      .map((offer) => (offer.code === "cooldown" && offer.ready_ms !== undefined
        && offer.ready_ms <= worldMs ? { ...offer, is_ready: true, code: "ok", why: "" } : offer));
  }

  #learn(cards) {
    for (const sort of SORTS) {
      Object.assign(this.names[sort], cards[sort]);
    }
  }

  #forget(name) {
    if (this.facts.has(name)) {
      this.#digest.remove(name, this.facts.get(name));
      this.facts.delete(name);
    }
  }

  #reach(pos, ms, nowMs, running) {
    // The least delayed frame knows the time best.
    const reckonedMs = this.worldMs(nowMs);
    if (running !== undefined) this.running = running;
    const isNear = ms <= reckonedMs && reckonedMs <= ms + AHEAD_S_MAX * this.speed;
    this.#anchor = [isNear && this.running ? reckonedMs : ms, nowMs];
    this.position = pos;
  }
}
