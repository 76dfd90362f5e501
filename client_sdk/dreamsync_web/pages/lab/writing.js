// A message as a program would send it, in several languages.

export const LANGUAGES = ["Python", "JavaScript", "JSON"];

const python = (value) => {
  if (value === true) return "True";
  if (value === false) return "False";
  if (typeof value === "object") return `{${Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${python(item)}`).join(", ")}}`;
  return JSON.stringify(value);
};
const named = (fields) => Object.entries(fields).map(([name, value]) => `, ${name}=${python(value)}`).join("");
const bare = (fields) => named(fields).slice(2);
const object = (fields) => JSON.stringify(fields, null, 1).replace(/\n\s*/g, " ").replace(/"([a-z_]+)":/g, "$1:");

/** Return a message's map written in a language; `origin` is the node's address. */
export function written(language, plain, origin) {
  if (language === "JSON") return JSON.stringify(plain, null, 2);
  return language === "Python" ? inPython(plain, origin) : inJavaScript(plain, origin);
}

function inPython({ type, ...fields }, origin) {
  const head = `async with dreamsync.connect("${origin}") as dream:\n    `;
  const { pack, world, as, action, params = {}, beat, ...rest } = fields;
  if (type === "create") return `${head}world = await dream.create_world(${python(pack ?? "")}${named(rest)})`;
  if (type === "list") return `${head}worlds, packs = await dream.worlds(), await dream.packs()`;
  if (type === "card") return `${head}card = await dream.card(${python(world ?? "")}${named(rest)})`;
  if (type === "enter") {
    const way = { player: "enter", watch: "watch", desk: "desk", script: "script" }[as] ?? "enter";
    return `${head}viewer = await dream.${way}(${python(world ?? "")}${named(rest)})`;
  }
  if (type === "act") return `outcome = await viewer.act(${python(action ?? "")}${named(params)})`;
  if (type === "unpause") return "outcome = await viewer.unpause()";
  const first = beat === undefined ? bare(rest) : `${python(beat)}${named(rest)}`;
  return `result = await viewer.${type}(${first})`;
}

function inJavaScript({ type, ...fields }, origin) {
  const head = `import { connect } from "${origin}/sdk/dreamsync.js";\nconst dream = await connect("${origin}");\n`;
  const { pack, world, as, action, params = {}, private: isPrivate, ...rest } = fields;
  if (type === "create") return `${head}const world = await dream.createWorld(${JSON.stringify(pack ?? "")}, ${object({ isPrivate, ...rest })});`;
  if (type === "list") return `${head}const { worlds, packs } = await dream.list();`;
  if (type === "card") return `${head}const card = await dream.card(${object({ world, ...rest })});`;
  if (type === "enter") {
    const way = { player: "enter", watch: "watch" }[as] ?? "desk";
    return `${head}const viewer = await dream.${way}(${JSON.stringify(world ?? "")}, ${object(rest)});`;
  }
  if (type === "act") return `const outcome = await viewer.act(${JSON.stringify(action ?? "")}, ${object(params)});`;
  if (type === "pose") return `viewer.pose(${[rest.x, rest.y, rest.facing].join(", ")});`;
  const isAsked = ["why", "watch", "unwatch", "lang", "people", "resync"].includes(type);
  return `const result = await viewer.${isAsked ? "ask" : "propose"}("${type}", ${object({ ...fields })});`;
}
