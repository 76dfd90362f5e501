// The golden vectors of the wire, read by the JavaScript SDK.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { JSON_CODEC, checked, msgpackCodec } from "../../client_sdk/dreamsync_web/sdk/codec.js";
import { Digest, hashFact, sha256Head } from "../../client_sdk/dreamsync_web/sdk/digest.js";
import { fineAt, valueAt } from "../../client_sdk/dreamsync_web/sdk/drift.js";
import { Mirror } from "../../client_sdk/dreamsync_web/sdk/mirror.js";
import * as protocol from "../../client_sdk/dreamsync_web/sdk/protocol.js";

const vectors = new URL("../vectors/", import.meta.url);
const read = (name) => JSON.parse(readFileSync(new URL(name, vectors), "utf8"));
const hex = ([high, low]) => [high, low].map((lane) => lane.toString(16).padStart(8, "0")).join("");
const messages = readdirSync(new URL("protocol/", vectors)).map((name) => read(`protocol/${name}`));

test("every drift reads the same at every moment", () => {
  for (const { since_ms: since, at, ...line } of read("drift.json")) {
    for (const [ms, fine, value] of at) {
      assert.deepEqual([fineAt({ ...line, since }, ms), valueAt({ ...line, since }, ms)], [fine, value]);
    }
  }
});

test("every fact has its hash, and every view its digest, in any order and after removals", () => {
  const { facts, sums, texts } = read("digest.json");
  for (const { name, value, hash } of facts) assert.equal(hex(hashFact(name, value)), hash, name);
  for (const { of, digest } of sums) {
    const total = new Digest();
    for (const { name, value } of facts) total.add(name, value);
    for (const i of of.toReversed()) total.add(facts[i].name, facts[i].value);
    for (const { name, value } of facts) total.remove(name, value);
    assert.equal(total.hex, digest);
  }
  for (const { salt, text, digest } of texts) {
    assert.equal(hex(sha256Head(new TextEncoder().encode(salt + text))), digest);
  }
});

test("sha256 is right around the edges of its blocks", async () => {
  for (const length of [0, 1, 55, 56, 63, 64, 65, 119, 120, 1000]) {
    const bytes = new Uint8Array(length).fill(length);
    const whole = Buffer.from(await crypto.subtle.digest("SHA-256", bytes)).toString("hex");
    assert.equal(hex(sha256Head(bytes)), whole.slice(0, 16));
  }
});

test("every message of the server is read from either kind of frame", async () => {
  const codec = await msgpackCodec();
  for (const { direction, json, msgpack } of messages.filter((one) => one.direction === "server")) {
    assert.equal(direction, "server");
    assert.deepEqual(codec.decode(Buffer.from(msgpack, "hex")), json);
    assert.deepEqual(JSON_CODEC.decode(JSON.stringify(json)), json);
  }
});

test("every message of a client is written byte for byte", async () => {
  const codec = await msgpackCodec();
  for (const { json, msgpack } of messages.filter((one) => one.direction === "client")) {
    assert.equal(Buffer.from(codec.encode(checked(json))).toString("hex"), msgpack);
  }
});

test("a whole view of the vectors has the digest that it says", () => {
  for (const { json } of messages.filter(({ type }) => type === "entered" || type === "reset")) {
    const mirror = new Mirror(json, 1000);
    assert.equal(mirror.digest, json.digest);
    assert.equal(mirror.worldMs(3000), json.running ? json.ms + 2 * json.speed : json.ms);
  }
});

test("what cannot be sent is said before it is sent", () => {
  const no = (message, code) => assert.throws(() => checked(message), { name: "UsageError", code });
  no({ type: "act", action: "a", params: { text: "x".repeat(501) } }, "too_big");
  no({ type: "act", action: "a", params: { size: 0.5 } }, "bad_message");
  no({ type: "act", action: "a", params: { text: "bell \u0007" } }, "bad_message");
  no({ type: "whisper", to: "ada", text: "\u001b[31m" }, "bad_message");
  no({ type: "pose", x: -1, y: 0, facing: 0 }, "bad_message");
  assert.deepEqual(checked({ type: "enter", q: 1, role: undefined, name: null }), { type: "enter", q: 1 });
});

test("frames that are no message of a server are refused", async () => {
  const codec = await msgpackCodec();
  for (const frame of ["", "{", "[]", "null", "7", "{\"type\":\"hello\"}"]) {
    assert.throws(() => JSON_CODEC.decode(frame), { name: "ProtocolFaultError" });
  }
  for (const frame of ["", "c1", "80", "c0", "de0016"]) {
    assert.throws(() => codec.decode(Buffer.from(frame, "hex")), { name: "ProtocolFaultError" });
  }
});

test("codes and bounds are those of the wire", { skip: !process.env.DREAMSYNC_TABLES }, () => {
  const { bounds, errors, outcomes, closes } = JSON.parse(process.env.DREAMSYNC_TABLES);
  for (const [name, value] of Object.entries(bounds)) {
    if (name in protocol) assert.equal(protocol[name], value, name);
  }
  for (const [code, [fault, isRetryable]] of Object.entries(errors)) {
    assert.equal(protocol.RETRYABLE.has(code), isRetryable, code);
    assert.equal(protocol.FAULTS.get(code) ?? "person", fault, code);
  }
  for (const [code, fault] of Object.entries(outcomes)) {
    if (!(code in errors)) assert.equal(protocol.FAULTS.get(code) ?? "person", fault, code);
  }
  const ours = [...protocol.CLOSES.values()].map((c) => [c.number, c.name, c.fault, c.mayResume]);
  assert.deepEqual(ours, closes);
});
