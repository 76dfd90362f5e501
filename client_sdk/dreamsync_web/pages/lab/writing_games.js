// A message in the languages of game engines, by the clients in client_sdk/examples/godot and unity.

const IN_THE_LOBBY = new Set(["create", "list", "card", "open_class", "class"]);
// What these clients have a method for, and what it takes, in order; all else goes by its name.
const METHODS = {
  act: ["action", "params"], choose: ["choice", "option"], claim: ["role"], release: [], pause: ["why"], leave: [],
  pose: ["x", "y", "facing"],
};
const EMPTY = { params: {}, why: "", x: 0, y: 0, facing: 0 };
const WAITED_FOR = { leave: "await ", pose: "" }; // the others give an outcome

const argumentsOf = (type, fields, value) => METHODS[type].map((name) => value(fields[name] ?? EMPTY[name] ?? "")).join(", ");
const isEmpty = (fields) => Object.keys(fields).length === 0;

/** Return a value as GDScript. */
function gdscript(value) {
  if (Array.isArray(value)) return `[${value.map(gdscript).join(", ")}]`;
  if (typeof value !== "object") return JSON.stringify(value);
  return `{${Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${gdscript(item)}`).join(", ")}}`;
}

export function inGDScript({ type, ...fields }, origin, isAsked) {
  const made = (name) => `var ${name} := DreamsyncClient.new()\nadd_child(${name})\n`;
  const lobby = `${made("lobby")}await lobby.open("${origin}")\n`;
  const rest = isEmpty(fields) ? "" : `, ${gdscript(fields)}`;
  if (type === "hello") {
    const token = fields.token ? `lobby.token = ${gdscript(fields.token)}\n` : "";
    return `${made("lobby")}lobby.lang = ${gdscript(fields.lang ?? "en")}\n${token}var reached: Dictionary = await lobby.open("${origin}")`;
  }
  if (IN_THE_LOBBY.has(type)) return `${lobby}var answer: Dictionary = await lobby.ask("${type}"${rest})`;
  if (type === "enter") return `${made("viewer")}var entered: Dictionary = await viewer.enter("${origin}", ${gdscript(fields)})`;
  if (type === "unpause" && isEmpty(fields)) return "var outcome: Dictionary = await viewer.unpause()";
  if (type in METHODS) return `${WAITED_FOR[type] ?? "var outcome: Dictionary = await "}viewer.${type}(${argumentsOf(type, fields, gdscript)})`;
  return `var ${isAsked ? "answer" : "outcome"}: Dictionary = await viewer.${isAsked ? "ask" : "propose"}("${type}"${rest})`;
}

/** Return a value as C#, where a line of text may not hold even the rarer ends of lines. */
function csharp(value) {
  if (Array.isArray(value)) return `new List<object> { ${value.map(csharp).join(", ")} }`;
  if (typeof value === "string") {
    return JSON.stringify(value).replace(/[\u0085\u2028\u2029]/g, (end) => `\\u${end.charCodeAt(0).toString(16).padStart(4, "0")}`);
  }
  if (typeof value !== "object") return JSON.stringify(value);
  if (isEmpty(value)) return "new Map()";
  return `new Map { ${Object.entries(value).map(([name, item]) => `[${JSON.stringify(name)}] = ${csharp(item)}`).join(", ")} }`;
}

export function inCSharp({ type, ...fields }, origin, isAsked) {
  const lobby = `var lobby = await DreamsyncClient.Lobby("${origin}");\n`;
  const rest = isEmpty(fields) ? "" : `, ${csharp(fields)}`;
  if (type === "hello") {
    const token = fields.token ? `, token: ${csharp(fields.token)}` : "";
    return `var lobby = await DreamsyncClient.Lobby("${origin}", lang: ${csharp(fields.lang ?? "en")}${token});`;
  }
  if (IN_THE_LOBBY.has(type)) return `${lobby}var answer = await lobby.Ask("${type}"${rest});`;
  if (type === "enter") return `var viewer = await DreamsyncClient.Enter("${origin}", ${csharp(fields)});`;
  if (type === "unpause" && isEmpty(fields)) return "var outcome = await viewer.Unpause();";
  if (type in METHODS) {
    const method = type[0].toUpperCase() + type.slice(1);
    return `${WAITED_FOR[type] ?? "var outcome = await "}viewer.${method}(${argumentsOf(type, fields, csharp)});`;
  }
  return `var ${isAsked ? "answer" : "outcome"} = await viewer.${isAsked ? "Ask" : "Propose"}("${type}"${rest});`;
}
