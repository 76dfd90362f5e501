// Frames to messages and back: MessagePack in binary frames, JSON in text frames.
//
// JSON is at hand everywhere; MessagePack is fetched when it is first asked for.

import { ProtocolFaultError, UsageError } from "./errors.js";
import {
  FRAME_BYTES_MAX, INT_EXACT_MAX, NAME_CHARS_MAX, NESTING_MAX, POSE_MAX, SAY_CHARS_MAX,
  SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK,
} from "./protocol.js";


// What a program goes by in each message of a server; what is not named here is only shown.
const isText = (value) => typeof value === "string";
const isFlag = (value) => typeof value === "boolean";
const isCount = (value) => Number.isInteger(value) && value >= 0;
const isMap = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isListOf = (isOne) => (value) => Array.isArray(value) && value.every(isOne);
const isPair = (value) => Array.isArray(value) && value.length === 2 && value.every(isCount);
const isPose = (value) => Array.isArray(value) && value.length === 4 && isText(value[0])
  && value.slice(1).every(Number.isInteger);
const isDigest = (value) => isText(value) && /^[0-9a-f]{16}$/.test(value);
/** A map with these parts; those of `more` may be left out. */
const isOf = (parts, more = {}) => (value) => isMap(value)
  && Object.entries(parts).every(([name, is]) => is(value[name]))
  && Object.entries(more).every(([name, is]) => value[name] === undefined || is(value[name]));

const isDrift = isOf(Object.fromEntries(
  ["fine", "rate", "since", "low", "high"].map((part) => [part, Number.isInteger])));
const isWritten = isOf({ text: isText, ref: isText, digest: isDigest });
const isValue = (value) => isText(value) || isFlag(value) || Number.isInteger(value)
  || isListOf(isText)(value) || isDrift(value) || isWritten(value);
const isFacts = (value) => isMap(value) && Object.values(value).every(isValue);
const isLabels = isListOf(isOf({ id: isText, label: isText }));
const isParams = isListOf(isOf({ name: isText, type: isText }, { choices: isLabels }));
const isOffers = isListOf(isOf({ id: isText, label: isText }, { params: isParams, ready_ms: isCount }));
const isChoices = isListOf(isOf({ id: isText, ask: isText, options: isLabels }, { until_ms: isCount }));
const isCards = isOf({}, { roles: isMap, things: isMap, scenes: isMap, facts: isMap });
const NEWS = {
  events: isListOf(isOf({ kind: isText, at: isPair, ms: isCount })),
  outcomes: isListOf(isOf({ n: isCount, code: isText, ok: isFlag })),
  more: isFlag,
};
const WHOLE = {
  session: isText, secret: isText, as: isText, role: isText, seat: isText, world: isMap,
  position: isPair, ms: isCount, speed: isCount, running: isFlag, n: isCount, facts: isFacts,
  actions: isOffers, choices: isChoices, cards: isCards, digest: isDigest, resumed: isFlag,
};
const SHAPES = new Map(Object.entries({
  welcome: isOf({}, { limits: isMap }),
  created: isOf({ q: isCount, world: isText, desk_token: isText }),
  worlds: isOf({ q: isCount, worlds: isListOf(isMap) }, { packs: isListOf(isMap) }),
  card: isOf({ q: isCount }, { world: isMap, pack: isMap }),
  entered: isOf(WHOLE, { recap: isListOf(isText), ...NEWS }),
  reset: isOf({ ...WHOLE, why: isText }, { recap: isListOf(isText), ...NEWS }),
  view: isOf({ pos: isPair, ms: isCount, digest: isDigest }, {
    changes: isFacts, gone: isListOf(isText), actions: isOffers, withdrawn: isListOf(isText),
    choices: isChoices, cards: isCards, running: isFlag, role: isText, seat: isText, ...NEWS,
  }),
  quiet: isOf({ pos: isPair, ms: isCount }),
  poses: isOf({ scene: isText, poses: isListOf(isPose) }),
  hit: isOf({ id: isText, pos: isPair, holds: isFlag }, { facts: isFacts }),
  pack: isOf({ ok: isFlag, text: isText }),
  answer: isOf({ q: isCount, of: isText }),
  error: isOf({ code: isText, text: isText }, { q: isCount, n: isCount, retry_ms: isCount }),
  bye: isOf({ code: isText, text: isText }, { retry_ms: isCount }),
}));
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
  const isRight = isMap(plain) ? SHAPES.get(plain.type) : undefined;
  if (!isRight) throw fault("There is no message of this type.");
  if (!isRight(plain)) throw fault(`A message of the type ${plain.type} lacks what it should have.`);
  return plain;
}

const fault = (text) => new ProtocolFaultError("bad_message", text);
const bad = (text, code = "bad_message") => new UsageError(code, text);
