// A server that sends nonsense, too much or everything twice, and programs that fall over themselves.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Digest } from "../../client_sdk/dreamsync_web/sdk/digest.js";
import { connect } from "../../client_sdk/dreamsync_web/sdk/dreamsync.js";

const vectors = new URL("../vectors/protocol/", import.meta.url);
const vector = (name) => JSON.parse(readFileSync(new URL(`server_${name}.json`, vectors), "utf8")).json;
const entered = vector("entered");

function digestOf(facts) {
  const digest = new Digest();
  for (const [name, value] of Object.entries(facts)) digest.add(name, value);
  return digest.hex;
}

/** A server on the other side of every socket made with `this.Socket`; answers like a real one. */
class Server {
  sockets = []; // all of them, the newest last
  seq = 7;
  n = 0;
  facts = entered.facts;
  decided = []; // the last outcome

  constructor() {
    const server = this;
    this.Socket = class {
      readyState = 0;

      constructor() {
        server.sockets.push(this);
        setTimeout(() => {
          this.readyState = 1;
          this.onopen();
        }, 0);
      }

      send(frame) { server.take(this, JSON.parse(frame)); }
      close() {
        this.readyState = 3;
      }
    };
  }

  get socket() { return this.sockets.at(-1); }
  say(message, socket = this.socket) {
    const frame = typeof message === "string" ? message : JSON.stringify(message);
    setTimeout(() => socket.readyState === 1 && socket.onmessage({ data: frame }), 0);
  }

  view(fields) {
    this.seq += 1;
    return { type: "view", pos: [1, this.seq], ms: 61_000, digest: digestOf(this.facts), ...fields };
  }

  take(socket, message) {
    if (message.type === "hello") this.say({ type: "welcome", v: 1, server: "t" }, socket);
    if (message.type === "enter" || message.type === "resume") {
      this.say({ ...entered, facts: this.facts, digest: digestOf(this.facts), n: this.n, resumed: message.type === "resume",
        position: [1, this.seq], outcomes: this.decided, events: [] }, socket);
    }
    if (message.type === "act" && message.n > this.n) {
      this.n = message.n;
      this.decided = [{ n: message.n, ok: true, code: "ok", pos: [1, this.seq + 1] }];
      this.say(this.view({ outcomes: this.decided }), socket);
    }
    if (message.type === "watch") this.say({ type: "answer", q: message.q, of: "watch" }, socket);
  }
}

async function enter(t, server, options = {}, onNotice = undefined) {
  const dream = await connect("ws://127.0.0.1:1", { json: true, WebSocket: server.Socket, jitter: () => 0, ...options });
  t.after(() => dream.close());
  return dream.enter("w", { role: "leo" }, onNotice);
}

/** Return the message without one of its parts, or with another sort of thing in its place, at any depth of two. */
function* spoilt(message) {
  for (const key of Object.keys(message)) {
    const { [key]: part, ...rest } = message;
    yield rest;
    for (const other of [null, 7, "x", [], {}, [null]]) yield { ...message, [key]: other };
    if (typeof part === "object" && part !== null && !Array.isArray(part)) {
      for (const inner of Object.keys(part)) yield { ...message, [key]: { ...part, [inner]: null } };
    }
  }
}

test("whatever comes of a broken server, the session comes back and goes on", async (t) => {
  const server = new Server();
  const viewer = await enter(t, server);
  const frames = ["", "null", "[]", "7", "{", '{"type":"nonsense"}', '{"type":"constructor"}', "\u0000"];
  for (const name of ["view", "quiet", "reset", "poses", "answer", "error", "entered", "welcome", "hit", "pack"]) {
    for (const wrong of spoilt(vector(name))) frames.push(JSON.stringify(wrong));
  }
  assert.ok(frames.length > 400);
  for (const frame of frames) {
    while (!viewer.isLive && !viewer.isOver) await new Promise((resolve) => { setTimeout(resolve, 1); });
    assert.equal(viewer.isOver, false, `after ${frame} or the one before`);
    server.socket.onmessage({ data: frame }); // throws where the SDK does
  }
  const outcome = await viewer.act("whisper_to");
  assert.equal(outcome.ok, true);
});

test("who is still entering when the dream is closed does not stay behind", async () => {
  const server = new Server();
  const take = server.take.bind(server);
  const asked = new Promise((resolve) => {
    server.take = (socket, message) => (message.type === "enter" ? resolve() : take(socket, message));
  });
  const dream = await connect("ws://127.0.0.1:1", { json: true, WebSocket: server.Socket });
  const entering = dream.enter("w", { role: "leo" });
  await asked;
  dream.close();
  await assert.rejects(entering, { name: "ClosedError" });
  assert.deepEqual(server.sockets.map((socket) => socket.readyState), [3, 3]);
});

test("each frame twice: events and outcomes are told once, and the view stays right", async (t) => {
  const server = new Server();
  const viewer = await enter(t, server);
  const told = [];
  viewer.listen((notice) => notice.kind === "happened" && told.push(notice.event.text));
  for (let i = 1; i <= 5; i++) {
    const frame = server.view({ events: [{ kind: "told", at: [server.seq + 1, 0], ms: 1, text: `${i}` }] });
    server.say(frame);
    server.say(frame);
  }
  assert.equal((await viewer.act("whisper_to")).ok, true);
  assert.deepEqual(told, ["1", "2", "3", "4", "5"]);
  assert.deepEqual([viewer.mismatches, viewer.resets, server.sockets.length], [0, 0, 2]); // the lobby's, and one
});

test("a view of twenty thousand facts is taken in whole", async (t) => {
  const server = new Server();
  const viewer = await enter(t, server);
  const changes = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`citizen.${i}.cheered`, true]));
  server.facts = { ...server.facts, ...changes };
  server.say(server.view({ changes }));
  await viewer.until(() => viewer.fact("citizen.19999.cheered") === true);
  assert.equal(viewer.mismatches, 0);
  assert.equal(viewer.digest, digestOf(server.facts));
});

test("who does not read events is told how many are lost, and reads on", async (t) => {
  const server = new Server();
  const viewer = await enter(t, server);
  for (let i = 0; i < 5; i++) {
    const seq = server.seq + 1;
    server.say(server.view({ events: Array.from({ length: 1000 }, (_, k) => ({ kind: "told", at: [seq, k], ms: 1, text: `${k}` })) }));
  }
  await viewer.act("whisper_to");
  await assert.rejects(viewer.events().next(), (error) => error.name === "EventsLostError" && error.count === 905);
  assert.equal((await viewer.events().next()).value.text, "904");
});

test("a listener that throws keeps nobody else from what they wait for", async (t) => {
  const thrown = [];
  t.mock.method(globalThis, "queueMicrotask", (later) => thrown.push(later));
  const server = new Server();
  const clumsy = () => { throw new TypeError("oh"); };
  const viewer = await enter(t, server, {}, clumsy);
  const heard = [];
  viewer.listen((notice) => heard.push(notice.kind));
  assert.equal((await viewer.act("whisper_to")).ok, true);
  assert.ok(heard.includes("settled"));
  assert.ok(thrown.length > 0);
  assert.throws(thrown[0], { message: "oh" });
});

test("the clock of a machine that slept is set right by the next frame", async (t) => {
  let nowMs = 0;
  const server = new Server();
  const viewer = await enter(t, server, { now: () => nowMs });
  nowMs = 3_600_000;
  assert.equal(viewer.worldMs, 61_000 + 3_600_000);
  server.say(server.view({ ms: 62_000 }));
  await viewer.act("whisper_to");
  assert.ok(viewer.worldMs <= 64_000, `${viewer.worldMs}`);
  nowMs -= 1_000_000; // a clock that steps back all the same
  assert.ok(viewer.worldMs >= 61_000, `${viewer.worldMs}`);
});

test("a word that only programs know is the name of nobody", async (t) => {
  const viewer = await enter(t, new Server());
  for (const sort of ["roles", "things", "scenes", "facts"]) {
    assert.equal(viewer.names[sort].constructor, undefined);
    assert.equal(viewer.names[sort].toString, undefined);
  }
});

/** Let so many milliseconds pass on a clock that stands still otherwise. */
async function pass(t, ms, stepMs = 1_000) {
  for (let at = 0; at < ms; at += stepMs) {
    t.mock.timers.tick(stepMs);
    await new Promise((resolve) => { setImmediate(resolve); });
  }
}

test("a lobby keeps its line while nothing is asked, and takes it for lost where an answer fails", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const server = new Server();
  const connecting = connect("ws://127.0.0.1:1", { json: true, WebSocket: server.Socket, jitter: () => 0 });
  await pass(t, 10, 1);
  const dream = await connecting;
  await pass(t, 300_000);
  assert.equal(server.sockets.length, 1);
  dream.list().catch(() => {}); // this server never answers it
  await pass(t, 60_000);
  assert.ok(server.sockets.length > 1);
  dream.close();
});
