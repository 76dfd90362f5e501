// The session machine without a socket: what is sent, in which order, and what is told.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Backoff } from "../../client_sdk/dreamsync_web/sdk/connection.js";
import { ClientSession } from "../../client_sdk/dreamsync_web/sdk/session.js";

const vectors = new URL("../vectors/protocol/", import.meta.url);
const vector = (name) => JSON.parse(readFileSync(new URL(name, vectors), "utf8")).json;
const WELCOME = { type: "welcome", v: 1, server: "test" };
const ENTERED = { ...vector("server_entered.json"), n: 0, outcomes: [], events: [] };
const act = (name) => ({ type: "act", action: name, params: {} });

function live(entered = ENTERED) {
  const session = new ClientSession({ client: "t", lang: "en" }, { world: "w", as: "player", role: "leo" });
  up(session, entered);
  session.notices();
  return session;
}

function up(session, entered) {
  session.lineUp();
  session.outgoing(0);
  session.received(WELCOME, 0);
  const asked = session.outgoing(0);
  session.received(entered, 0);
  return asked;
}

const outcome = (n, code = "ok") => ({ n, code, ok: code === "ok", pos: [1, 8] });
const view = (session, fields) => ({
  type: "view", pos: [1, 8], ms: 62_000, digest: session.mirror.digest, ...fields });
const numbers = (out) => out.map(({ n, action }) => [n, action]);

test("a line begins with hello, then enter; nothing else before entered", () => {
  const session = new ClientSession({ client: "t", lang: "de" }, { world: "w", as: "watch" });
  session.propose(act("a"));
  session.lineUp();
  assert.deepEqual(session.outgoing(0), [{ type: "hello", v: 1, client: "t", lang: "de" }]);
  session.received(WELCOME, 0);
  assert.deepEqual(session.outgoing(0), [{ type: "enter", q: 1, world: "w", as: "watch" }]);
  session.received(ENTERED, 0);
  assert.deepEqual(numbers(session.outgoing(0)), [[1, "a"]]);
});

test("what may not come now is a fault of the other side", () => {
  const session = new ClientSession({ client: "t", lang: "en" }, null);
  session.lineUp();
  assert.throws(() => session.received(ENTERED, 0), { name: "ProtocolFaultError" });
  assert.throws(() => session.received({ type: "quiet", pos: [1, 1], ms: 0 }, 0), { name: "ProtocolFaultError" });
});

test("at most eight proposals are under way, and the rest go as outcomes come", () => {
  const session = live();
  for (let i = 0; i < 10; i++) session.propose(act(`a${i}`));
  assert.equal(session.outgoing(0).length, 8);
  session.received(view(session, { outcomes: [outcome(1), outcome(2)] }), 0);
  assert.deepEqual(numbers(session.outgoing(0)), [[9, "a8"], [10, "a9"]]);
});

test("busy waits and sends again with the same number; a gap sends all behind it again", () => {
  const session = live();
  for (const name of ["a", "b", "c"]) session.propose(act(name));
  session.outgoing(0);
  session.received({ type: "error", code: "busy", text: "", n: 2, retry_ms: 100 }, 1000);
  session.received({ type: "error", code: "gap", text: "", n: 3 }, 1000);
  assert.deepEqual(session.outgoing(1050), []);
  assert.equal(session.wakeAtMs, 1100);
  assert.deepEqual(numbers(session.outgoing(1100)), [[2, "b"], [3, "c"]]);
});

test("a proposal that is not taken gives its number to the next", () => {
  const session = live();
  const [first] = ["a", "b"].map((name) => session.propose(act(name)));
  session.outgoing(0);
  session.received({ type: "error", code: "bad_message", text: "no", n: 1 }, 0);
  const [failed] = session.notices();
  assert.deepEqual([failed.kind, failed.ticket, failed.error.name], ["failed", first, "UsageError"]);
  assert.deepEqual(numbers(session.outgoing(0)), [[1, "b"]]);
});

test("after a cut it resumes at its position and sends again what has no outcome", () => {
  const session = live();
  const ticket = session.propose(act("a"));
  session.outgoing(0);
  session.lineDown(1006);
  const asked = up(session, { ...ENTERED, resumed: true, n: 0 });
  assert.deepEqual(asked, [{ type: "resume", q: 2, world: "w", session: "s_1", secret: "k_1", epoch: 1, seq: 7 }]);
  assert.deepEqual(numbers(session.outgoing(0)), [[1, "a"]]);
  session.notices();
  session.received(view(session, { outcomes: [outcome(1, "condition")] }), 0);
  const settled = session.notices().find((notice) => notice.kind === "settled");
  assert.deepEqual([settled.ticket, settled.outcome.code], [ticket, "condition"]);
});

test("an event is told once, whatever is sent twice", () => {
  const session = live();
  const event = { kind: "told", at: [9, 0], ms: 1, text: "x" };
  session.received(view(session, { pos: [1, 9], events: [event] }), 0);
  session.received(view(session, { pos: [1, 9], events: [event, { ...event, at: [9, 1] }] }), 0);
  const told = session.notices().filter((notice) => notice.kind === "happened");
  assert.deepEqual(told.map((notice) => notice.event.at), [[9, 0], [9, 1]]);
});

test("a view with a wrong digest is asked for again, three times in a row at most", () => {
  const session = live();
  for (let i = 0; i < 6; i++) {
    session.received(view(session, { digest: "0000000000000000" }), 0);
    const asked = session.outgoing(0).filter((plain) => plain.type === "resync");
    assert.equal(asked.length, i < 3 ? 1 : 0);
    if (i < 3) session.received({ ...ENTERED, type: "reset", why: "resync", digest: "0000000000000000" }, 0);
  }
  assert.ok(session.mismatches >= 6);
});

test("poses are the latest only, twenty times a second", () => {
  const session = live();
  session.pose(1, 1, 0);
  assert.equal(session.outgoing(1000).length, 1);
  session.pose(2, 2, 0);
  session.pose(3, 3, 0);
  assert.deepEqual(session.outgoing(1020), []);
  assert.deepEqual(session.outgoing(1050), [{ type: "pose", x: 3, y: 3, facing: 0 }]);
});

test("a session the server has forgotten is over; one never had is refused", () => {
  const session = live();
  session.lineDown(1006);
  session.lineUp();
  session.received(WELCOME, 0);
  session.received({ type: "error", code: "no_session", text: "gone", q: 2 }, 0);
  const over = session.notices().at(-1);
  assert.deepEqual([over.kind, over.error.name, session.state], ["over", "SessionLostError", "over"]);
});

test("a close code that forbids coming back ends the session, another does not", () => {
  for (const [code, state] of [[4006, "over"], [4007, "over"], [4010, "offline"], [1006, "offline"]]) {
    const session = live();
    session.lineDown(code);
    assert.equal(session.state, state, code);
  }
});

test("waits double up to a bound, and one long line makes them short again", () => {
  const backoff = new Backoff(() => 1);
  const waits = Array.from({ length: 9 }, () => backoff.nextMs());
  assert.deepEqual(waits, [250, 500, 1000, 2000, 4000, 8000, 15000, 15000, 15000]);
  backoff.stood(500);
  assert.equal(backoff.nextMs(), 1000);
  backoff.stood(20_000);
  assert.equal(backoff.nextMs(100), 350);
});
