// Frames to messages and back: MessagePack in binary frames, JSON in text frames.
//
// JSON is at hand everywhere; MessagePack is fetched when it is first asked for.

import { ProtocolFaultError, UsageError } from "./errors.js";
import {
  FRAME_BYTES_MAX, INT_EXACT_MAX, NAME_CHARS_MAX, NESTING_MAX, POSE_MAX, SAY_CHARS_MAX,
  SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK,
} from "./protocol.js";

const SERVER_TYPES = new Set(
  "welcome created worlds card entered view quiet reset poses hit pack answer error bye".split(" "));
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/; // eslint-disable-line no-control-regex

/** JSON in text frames. */
export const JSON_CODEC = {
  subprotocol: SUBPROTOCOL_JSON,
  encode: (plain) => JSON.stringify(plain),
  decode(frame) {
    if (typeof frame !== "string") throw fault("A binary frame came on a line of text.");
    let plain;
    try {
      plain = JSON.parse(frame);
    } catch {
      throw fault("The frame is not JSON.");
    }
    return known(plain);
  },
};

/** Return the codec of MessagePack in binary frames. */
export async function msgpackCodec() {
  const [{ Encoder }, { Decoder }] = await Promise.all([
    import("../vendor/msgpack/Encoder.mjs"), import("../vendor/msgpack/Decoder.mjs"),
  ]);
  const [encoder, decoder] = [new Encoder(), new Decoder()];
  return {
    subprotocol: SUBPROTOCOL_MSGPACK,
    encode: (plain) => encoder.encode(plain),
    decode(frame) {
      if (typeof frame === "string") throw fault("A text frame came on a line of MessagePack.");
      let plain;
      try {
        plain = decoder.decode(frame instanceof ArrayBuffer ? new Uint8Array(frame) : frame);
      } catch {
        throw fault("The frame is not MessagePack.");
      }
      return known(plain);
    },
  };
}

/**
 * Return a message's map as it is sent; a field that is undefined or null is left out.
 * Throws UsageError where it breaks the protocol's bounds: the program's fault.
 */
export function checked(message) {
  const plain = Object.fromEntries(
    Object.entries(message).filter(([, value]) => value !== undefined && value !== null));
  checkValue(plain, plain.type, NESTING_MAX);
  for (const [key, most] of [["text", SAY_CHARS_MAX], ["why", SAY_CHARS_MAX], ["name", NAME_CHARS_MAX]]) {
    checkText(plain[key], most, `${plain.type}: ${key}`);
  }
  for (const [key, value] of Object.entries(plain.params ?? {})) {
    checkText(value, SAY_CHARS_MAX, `${plain.type}: ${key}`);
  }
  if (plain.type === "pose") checkPose(plain);
  if (JSON.stringify(plain).length > FRAME_BYTES_MAX) throw bad(`${plain.type} is too long.`, "too_big");
  return plain;
}

function checkText(text, most, where) {
  if (typeof text !== "string") return;
  if ([...text].length > most) throw bad(`${where}: at most ${most} characters.`, "too_big");
  if (CONTROL.test(text)) throw bad(`${where}: no control characters.`);
}

function checkPose({ x, y, facing }) {
  const isIn = [[x, POSE_MAX], [y, POSE_MAX], [facing, 359]].every(
    ([value, most]) => Number.isInteger(value) && value >= 0 && value <= most);
  if (!isIn) throw bad("pose: x, y and facing are whole and within their bounds.");
}

function checkValue(value, where, depth) {
  if (typeof value === "string" || typeof value === "boolean") return;
  if (typeof value === "number") {
    if (!Number.isInteger(value) || Math.abs(value) > INT_EXACT_MAX) {
      throw bad(`${where}: numbers are whole and of at most 53 bits.`);
    }
    return;
  }
  if (typeof value !== "object" || value === null) throw bad(`${where}: cannot be sent.`);
  if (depth === 0) throw bad(`${where}: nested too deeply.`, "too_deep");
  for (const item of Object.values(value)) checkValue(item, where, depth - 1);
}

function known(plain) {
  if (typeof plain !== "object" || plain === null || !SERVER_TYPES.has(plain.type)) {
    throw fault("There is no message of this type.");
  }
  return plain;
}

const fault = (text) => new ProtocolFaultError("bad_message", text);
const bad = (text, code = "bad_message") => new UsageError(code, text);
