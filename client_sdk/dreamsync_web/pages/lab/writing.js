// A message as a program would send it: in Python and JavaScript by their SDKs, in GDScript and C# by
// the clients among the examples, and as the JSON that goes over the wire.

import { inCSharp, inGDScript } from "./writing_games.js";

export const LANGUAGES = ["Python", "JavaScript", "JSON", "GDScript", "C#"];

const WRITERS = { Python: inPython, JavaScript: inJavaScript, GDScript: inGDScript, "C#": inCSharp };
const BY_ITSELF = {
  resume: "a line that is lost is taken up again where it was",
  resync: "a view whose digest does not agree is asked for anew",
};
const PYTHON_WORDS = new Set(("False None True and as assert async await break class continue def del elif else except finally "
  + "for from global if import in is lambda nonlocal not or pass raise return try while with yield action beat self").split(" "));

// How the SDKs call what the wire calls otherwise, and what they take first; the rest goes by name.
const FIRST = {
  choose: ["choice", "option"], claim: ["role"], handover: ["to"], background: ["on"], cue: ["beat"], hold: ["beat"], unhold: ["beat"],
  skip: ["beat"], undo: ["target"], whisper: ["to", "text"], remove: ["session"], mute: ["session"], seat: ["role", "to"],
  nudge: ["means", "target"], veto: ["target"], look: ["seq"], branch: ["seq"], erase: ["session"], lang: ["lang"],
};
const NAMES_PYTHON = { close: "close_world", lang: "speak" };
const NAMES_JAVASCRIPT = { close: "closeWorld", lang: "speak", seat: "seatTo" };
// What JavaScript takes one after the other, where that is more than FIRST; what is in neither is an object.
const IN_ORDER = {
  hold: ["beat", "why"], unhold: ["beat", "why"], skip: ["beat", "why"], undo: ["target", "why"], whisper: ["to", "text", "why"],
  remove: ["session", "why"], mute: ["session", "on", "why"], pause: ["why"], close: ["why"], why: ["beat", "what_if"],
  history: ["after"], look: ["seq", "eyes"], branch: ["seq", "title"], erase: ["session", "why"],
};
const ENTERED_WITH = { player: ["role", "name", "invite"], watch: ["invite"], desk: ["token", "name"], script: ["token", "name"] };

/** Return a message's map written in a language; `origin` is the node's address, `isAsked` whether it carries q. */
export function written(language, plain, origin, isAsked) {
  if (language === "JSON") return JSON.stringify(plain, null, 2);
  const remark = language === "Python" || language === "GDScript" ? "#" : "//";
  if (plain.type in BY_ITSELF) return `${remark} The client says this by itself: ${BY_ITSELF[plain.type]}.`;
  return WRITERS[language](plain, origin, isAsked);
}

const picked = (fields, names) => Object.fromEntries(names.filter((name) => fields[name] !== undefined).map((name) => [name, fields[name]]));
const without = (fields, names) => Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
/** What a method takes before anything by name; of what is needed and not filled in yet, an empty text. */
const first = (type, fields) => (FIRST[type] ?? []).map((name) => fields[name] ?? "");

// Python.

const python = (value) => {
  if (value === true) return "True";
  if (value === false) return "False";
  if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`;
  if (typeof value === "object") return `{${Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${python(item)}`).join(", ")}}`;
  return JSON.stringify(value);
};

/** Return the arguments of a call: some in their order, the others by name. */
function given(inOrder, named) {
  const isPlain = Object.keys(named).every((name) => /^[a-z_][a-z0-9_]*$/.test(name) && !PYTHON_WORDS.has(name));
  const rest = isPlain ? Object.entries(named).map(([name, value]) => `${name}=${python(value)}`) : [`**${python(named)}`];
  return [...inOrder.map(python), ...rest].join(", ");
}

function inPython({ type, ...fields }, origin) {
  const head = `async with dreamsync.connect("${origin}") as dream:\n    `;
  const { pack = "", world = "" } = fields;
  switch (type) {
    case "hello": return `async with dreamsync.connect(${given([origin], without(fields, ["v"]))}) as dream:\n    print(await dream.worlds())`;
    case "create": return `${head}world = await dream.create_world(${given([pack], without(fields, ["pack"]))})`;
    case "list": return `${head}worlds, packs = await dream.worlds(), await dream.packs()`;
    case "card": return `${head}card = await dream.${fields.pack ? `pack(${python(pack)})` : `card(${given(world ? [world] : [], picked(fields, ["code", "invite"]))})`}`;
    case "open_class": return `${head}made = await dream.open_class(${given([pack, fields.count ?? 1], without(fields, ["pack", "count"]))})`;
    case "class": return `${head}worlds = await dream.class_worlds(${given([world], { token: fields.token ?? "" })})`;
    case "enter": {
      const way = { player: "enter", watch: "watch", desk: "desk", script: "script" }[fields.as] ?? "enter";
      const empty = way === "desk" || way === "script" ? { token: "" } : {};
      return `${head}viewer = await dream.${way}(${given([world], { ...empty, ...picked(fields, ENTERED_WITH[fields.as] ?? ENTERED_WITH.player) })})`;
    }
    case "act": return `outcome = await viewer.act(${given([fields.action ?? ""], fields.params ?? {})})`;
    case "pose": return `viewer.pose(${[fields.x ?? 0, fields.y ?? 0, fields.facing ?? 0].join(", ")})`;
    case "unpause": return fields.why ? `outcome = await viewer.resume(${python(fields.why)})  # at the desk` : "outcome = await viewer.unpause()  # at the desk: resume()";
    case "report": return `event = dreamsync.Event("said", at=(${fields.seq ?? 0}, ${fields.i ?? 0}))  # one that \`events()\` gave\n`
      + `outcome = await viewer.report(event${fields.why ? `, why=${python(fields.why)}` : ""})`;
    case "why": return `why = await viewer.why(${given([fields.beat ?? ""], fields.what_if ?? {})})`;
    case "watch": return `@viewer.when(${python(fields.when ?? "")})\nasync def on_hit(hit):\n    print(hit.position, hit.facts)\n\nawait viewer.watching()`;
    case "unwatch": return "async def on_hit(hit):\n    print(hit.position, hit.facts)\n\n"
      + 'viewer.when("expo.crowd >= 40")(on_hit)\nawait viewer.unwatch(on_hit)  # by the handler; its id is the SDK\'s';
    case "history": return `async for mark in viewer.history(${given([], picked(fields, ["after"]))}):\n    print(mark)`;
    default: return `result = await viewer.${NAMES_PYTHON[type] ?? type}(${given(first(type, fields), without(fields, FIRST[type] ?? []))})`;
  }
}

// JavaScript.

const object = (fields) => JSON.stringify(fields, null, 1).replace(/\n\s*/g, " ").replace(/"([a-z_]+)":/gi, "$1:");
const comma = (parts) => parts.join(", ");
/** Return the arguments of a call: those in order, cut after the last that is there, then an object of the others. */
function taken(inOrder, named = {}) {
  const values = [...inOrder, Object.keys(named).length ? named : undefined];
  while (values.length && values.at(-1) === undefined) values.pop();
  return comma(values.map((value) => (value === undefined ? "undefined" : typeof value === "object" ? object(value) : JSON.stringify(value))));
}

function inJavaScript({ type, ...fields }, origin) {
  const imported = `import { connect } from "${origin}/sdk/dreamsync.js";\n`;
  const head = `${imported}const dream = await connect("${origin}");\n`;
  const { pack = "", world = "" } = fields;
  switch (type) {
    case "hello": return `${imported}const dream = await connect(${taken([origin], without(fields, ["v"]))});`;
    case "create": {
      const { private: isPrivate, shares_ending: sharesEnding, ...rest } = without(fields, ["pack"]);
      return `${head}const world = await dream.createWorld(${taken([pack], { isPrivate, sharesEnding, ...rest })});`;
    }
    case "list": return `${head}const { worlds, packs } = await dream.list();`;
    case "card": return `${head}const card = await dream.${fields.pack ? `pack(${taken([pack])})` : `card(${object(fields)})`};`;
    case "open_class": return `${head}const made = await dream.openClass(${taken([pack, fields.count ?? 1], without(fields, ["pack", "count"]))});`;
    case "class": return `${head}const worlds = await dream.classWorlds(${taken([world, fields.token ?? ""])});`;
    case "enter": {
      const way = { player: "enter", watch: "watch" }[fields.as] ?? (fields.as ? "desk" : "enter");
      const named = picked(fields, ENTERED_WITH[fields.as] ?? ENTERED_WITH.player);
      return `${head}const viewer = await dream.${way}(${taken([world], fields.as === "script" ? { ...named, as: "script" } : named)});`;
    }
    case "act": return `const outcome = await viewer.act(${taken([fields.action ?? ""], fields.params)});`;
    case "pose": return `viewer.pose(${taken([fields.x ?? 0, fields.y ?? 0, fields.facing ?? 0])});`;
    case "unpause": return fields.why ? `const outcome = await viewer.resume(${taken([fields.why])}); // at the desk` : "const outcome = await viewer.unpause();";
    case "report": return `const outcome = await viewer.report({ at: [${fields.seq ?? 0}, ${fields.i ?? 0}] }${fields.why ? `, ${JSON.stringify(fields.why)}` : ""});`;
    case "watch": return `await viewer.when(${taken([fields.when ?? ""])}, ({ position, facts }) => console.log(position, facts));`;
    case "unwatch": return "const onHit = ({ position, facts }) => console.log(position, facts);\n"
      + 'await viewer.when("expo.crowd >= 40", onHit);\nawait viewer.unwatch(onHit); // by the handler; its id is the SDK\'s';
    default: {
      const order = IN_ORDER[type] ?? FIRST[type] ?? [];
      const values = order.map((name) => fields[name] ?? ((FIRST[type] ?? []).includes(name) || name === "beat" ? "" : undefined));
      return `const result = await viewer.${NAMES_JAVASCRIPT[type] ?? type}(${taken(values, without(fields, order))});`;
    }
  }
}
