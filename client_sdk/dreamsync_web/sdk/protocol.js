// The wire's bounds and codes, as dreamsync/protocol/bounds.py and codes.py have them.

export const VERSION = 1;
export const SUBPROTOCOL_MSGPACK = "dreamsync.v1.msgpack";
export const SUBPROTOCOL_JSON = "dreamsync.v1.json";
export const SOCKET_PATH = "/dream";

export const INT_EXACT_MAX = Number.MAX_SAFE_INTEGER;
export const NESTING_MAX = 8;
export const FRAME_BYTES_MAX = 64 * 1024;
export const NAME_CHARS_MAX = 40;
export const SAY_CHARS_MAX = 500;
export const POSE_MAX = 1_000_000;
export const POSE_UNITS_A_STEP = 100;
export const OUTCOMES_KEPT = 8;
export const POSE_INTERVAL_MS = 50;
export const IDLE_CUT_MS = 50_000;

/** What the server may be asked again: the codes of `error` that pass by themselves. */
export const RETRYABLE = new Set(["gap", "rate", "busy", "store_unavailable", "starting", "slow_down"]);

/** Whose fault an error or outcome is, where it is not the person's. */
export const FAULTS = new Map([
  ...["bad_message", "too_big", "too_deep", "unknown_type", "not_greeted", "not_entered",
    "already_entered", "gap", "rate", "bad_condition", "too_many_conditions", "unknown_action",
    "unknown_choice", "bad_parameter", "stale", "retired"].map((code) => [code, "client"]),
  ...["busy", "store_unavailable", "starting", "internal", "no_room"].map((code) => [code, "server"]),
  ...["ok", "stale_term", "stale_tenure", "already"].map((code) => [code, "nobody"]),
]);

/** Close codes of ours, by number: name, whose fault, whether to come back and resume. */
export const CLOSES = new Map([
  [4000, ["bad_hello", "client", false]],
  [4001, ["no_auth", "person", false]],
  [4002, ["version", "client", false]],
  [4003, ["origin", "client", false]],
  [4004, ["hello_timeout", "client", true]],
  [4005, ["world_closed", "nobody", false]],
  [4006, ["removed", "person", false]],
  [4007, ["replaced", "nobody", false]],
  [4008, ["flood", "client", true]],
  [4009, ["too_slow", "network", true]],
  [4010, ["node_draining", "nobody", true]],
  [4011, ["world_fault", "author", false]],
  [4012, ["protocol", "client", false]],
].map(([number, [name, fault, mayResume]]) => [number, { number, name, fault, mayResume }]));

const CLOSE_BY_NAME = new Map([...CLOSES.values()].map((close) => [close.name, close]));

/** Return the close code of a name, or undefined where it is none of ours. */
export const closeNamed = (name) => CLOSE_BY_NAME.get(name);
