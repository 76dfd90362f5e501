// Carries one session over WebSockets: opens, sends, and comes back when a line is lost.

import { LineLostError, ProtocolFaultError, UnreachableError } from "./errors.js";
import { IDLE_CUT_MS } from "./protocol.js";

export const OPEN_MS = 10_000; // to a socket that speaks the protocol
export const ENTER_MS = 15_000; // from there until the session stands
export const BACKOFF_FIRST_MS = 250;
export const BACKOFF_MAX_MS = 15_000;
export const STABLE_MS = 10_000; // a line that stood this long makes the next wait short again
const MOVED = "node_draining"; // a line ended so is followed by the next at the time that was said
const FLAPPING = 2; // as how many failures a shorter one counts, at most

/** How long to wait before the next line: twice as long each time, and anywhere below it. */
export class Backoff {
  #failures = 0;
  #jitter;

  constructor(jitter = Math.random) {
    this.#jitter = jitter;
  }

  nextMs(leastMs = 0) {
    const ceilingMs = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(this.#failures, 16));
    this.#failures += 1;
    return leastMs + this.#jitter() * ceilingMs;
  }

  /** Take note of a line on which the session stood for so long. */
  stood(liveMs) {
    this.#failures = liveMs >= STABLE_MS ? 0 : Math.min(this.#failures, FLAPPING);
  }
}

/**
 * One session's way to a server, across as many sockets as it takes.
 *
 * `options`: codec, onNotice(notice), onFrame(direction, message) for looking on, patienceMs,
 * WebSocket, now() in ms of a clock that never steps, jitter() in [0, 1).
 */
export class Connection {
  #url;
  #session;
  #options;
  #backoff;
  #socket = null;
  #timers = { wake: 0, again: 0, deadline: 0, idle: 0 };
  #broken = null;
  #openedMs = 0;
  #liveMs = null; // when the session last stood
  #hasBeenLive = false;

  constructor(url, session, options) {
    this.#url = url;
    this.#session = session;
    this.#options = {
      WebSocket: globalThis.WebSocket, now: () => performance.now(), patienceMs: 300_000, ...options,
    };
    this.#backoff = new Backoff(options.jitter);
  }

  get nowMs() { return Math.floor(this.#options.now()); }

  /** Open the first line. What becomes of it comes as a notice: live, or over. Call once. */
  open() {
    this.#dial();
  }

  /** Say that the session may have something to send. */
  wake() {
    this.#pump();
  }

  /** End the session on this side and close the socket. May be called twice. */
  close() {
    this.#session.end(null);
    this.#drop(1000);
    this.#pump();
  }

  /** Tear the line, as a network does; the session goes on by itself. For trying it out. */
  cut() {
    this.#lost("The line was cut.", undefined);
  }

  /** Try at once instead of waiting for the next try. */
  hurry() {
    if (this.#timers.again && this.#socket === null) this.#dial();
  }

  // The life of a line.

  #dial() {
    this.#clear("again");
    if (this.#session.state === "over") return;
    const { WebSocket, codec } = this.#options;
    let socket;
    try {
      socket = new WebSocket(this.#url, [codec.subprotocol]);
    } catch (error) {
      this.#lost(`${this.#url} cannot be reached: ${error.message}`, undefined);
      return;
    }
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    const isMine = () => this.#socket === socket;
    this.#set("deadline", OPEN_MS, () => this.#lost("The server did not answer.", undefined));
    socket.onopen = () => isMine() && this.#opened();
    socket.onmessage = ({ data }) => isMine() && this.#received(data);
    socket.onclose = ({ code }) => isMine() && this.#lost("The server closed the line.", code);
    socket.onerror = () => {}; // a close follows, and says as much
  }

  #opened() {
    this.#openedMs = this.nowMs;
    this.#set("deadline", ENTER_MS, () => this.#lost("The server did not let us in, in time.", undefined));
    this.#session.lineUp();
    this.#heard();
    this.#pump();
  }

  #received(data) {
    this.#heard();
    try {
      const message = this.#options.codec.decode(data);
      this.#options.onFrame?.("in", message);
      this.#session.received(message, this.nowMs);
    } catch (error) {
      // A frame that lacks what it should have is a fault of the other side too. It may have been
      // taken in by half: on the next line the digest tells, and the whole view is asked for.
      const isTold = error instanceof ProtocolFaultError;
      this.#lost(isTold ? error.text : `A frame cannot be read: ${error.message}`, undefined);
      return;
    }
    if (this.#session.state === "live") this.#clear("deadline");
    this.#pump();
  }

  #heard() {
    // A page cannot see pings; in a world the server says something every 20 s, in the lobby only
    // when it is asked.
    this.#set("idle", IDLE_CUT_MS, () => this.#session.isAwaiting && this.#lost("The line went silent.", undefined));
  }

  /** Hand out notices and send what there is to send. */
  #pump() {
    for (const notice of this.#session.notices()) this.#note(notice);
    const socket = this.#socket;
    if (socket !== null && socket.readyState === 1) {
      for (const plain of this.#session.outgoing(this.nowMs)) {
        this.#options.onFrame?.("out", plain);
        socket.send(this.#options.codec.encode(plain));
        if (this.#timers.idle === 0) this.#heard();
      }
      const atMs = this.#session.wakeAtMs;
      if (atMs !== null) this.#set("wake", Math.max(1, atMs - this.nowMs), () => this.#pump());
    }
    if (this.#broken !== null) this.#lost(this.#broken.error.text, undefined);
    else if (this.#session.state === "over") this.#drop(1000);
  }

  #note(notice) {
    if (notice.kind === "live") {
      this.#hasBeenLive = true;
      this.#liveMs = this.nowMs;
    }
    if (notice.kind === "broken") this.#broken = notice;
    this.#options.onNotice(notice);
  }

  #lost(text, closeCode) {
    const wasLive = this.#session.state === "live";
    this.#drop(1000);
    const told = this.#broken;
    this.#broken = null;
    this.#session.lineDown(closeCode);
    if (wasLive) {
      this.#liveMs = this.nowMs;
      this.#backoff.stood(this.nowMs - this.#openedMs);
      this.#options.onNotice({ kind: "away", text });
    }
    const isPlanned = wasLive && told?.error.code === MOVED;
    if (this.#session.state !== "over") this.#comeBack(text, told?.retryMs, isPlanned);
    for (const notice of this.#session.notices()) this.#note(notice);
  }

  #comeBack(text, retryMs, isPlanned) {
    if (!this.#hasBeenLive && retryMs === undefined) {
      this.#session.end(new UnreachableError("unreachable", text));
    } else if (this.#liveMs !== null && this.nowMs - this.#liveMs > this.#options.patienceMs) {
      this.#session.end(new LineLostError("line_lost", `Given up: ${text}`));
    } else {
      // The server sees to it itself that not everybody whom it sends away comes at once.
      const waitMs = isPlanned ? retryMs ?? 0 : this.#backoff.nextMs(retryMs ?? 0);
      this.#set("again", waitMs, () => this.#dial());
    }
  }

  #drop(code) {
    for (const name of ["wake", "deadline", "idle", "again"]) this.#clear(name);
    const socket = this.#socket;
    this.#socket = null;
    if (socket !== null && socket.readyState <= 1) socket.close(code);
  }

  #set(name, waitMs, then) {
    clearTimeout(this.#timers[name]);
    this.#timers[name] = setTimeout(() => {
      this.#timers[name] = 0;
      then();
    }, waitMs);
  }

  #clear(name) {
    clearTimeout(this.#timers[name]);
    this.#timers[name] = 0;
  }
}
