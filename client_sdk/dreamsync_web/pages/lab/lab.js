// The lab: every message of the wire as a form, the frames beside it, the state that comes of them.

import { CopyButton, html, reach, render, useEffect, useNews, useState } from "../shared/house.js";
import { Rough } from "./rough.js";
import { LANGUAGES, written } from "./writing.js";

const FRAMES_MAX = 200;
const SLOW_MS = 800;
const OWN = new Set(["type", "q", "n"]); // given by the SDK
const IN_THE_LOBBY = new Set(["create", "list", "card", "open_class", "class"]);
const BY_ITSELF = new Set(["hello", "resume", "resync"]); // said by the SDK when it is time

/** Let a text flow that was broken into lines for a screen of its own. */
const flowing = (text) => (text ?? "").replace(/([^\n])\n(?!\n)/g, "$1 ");

/** The bench: one line to the node, frames as they pass, whoever has entered. */
class Bench {
  frames = [];
  viewer = null;
  problem = "";
  rough = new Rough();
  #listeners = new Set();
  #count = 0;

  constructor() {
    this.listen = this.listen.bind(this);
  }

  listen(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  changed() {
    for (const listener of this.#listeners) listener();
  }

  async open() {
    this.document = await (await fetch("/protocol.json")).json();
    this.rough.onDoubled = (message) => this.#note("out", message);
    this.dream = await reach("lab", {
      WebSocket: this.rough.socket(), onFrame: (direction, message) => this.#note(direction, message) });
    this.changed();
  }

  #note(direction, message) {
    this.#count += 1;
    this.frames.unshift({ id: this.#count, direction, message, size: JSON.stringify(message).length });
    this.frames.length = Math.min(this.frames.length, FRAMES_MAX);
    this.changed();
  }

  /** Send a message the way a program does; what comes back is seen among the frames. */
  async send(plain) {
    this.problem = "";
    try {
      await this.#send(plain);
    } catch (error) {
      this.problem = `${error.name}: ${error.text ?? error.message}`;
    }
    this.changed();
  }

  async #send({ type, ...fields }) {
    const { dream, viewer } = this;
    if (type === "enter") {
      viewer?.close();
      const { world, as, ...rest } = fields;
      const ways = { player: "enter", watch: "watch", desk: "desk", script: "desk" };
      this.viewer = await dream[ways[as]](world, as === "script" ? { ...rest, as } : rest);
      this.viewer.listen(() => this.changed());
    } else if (IN_THE_LOBBY.has(type)) {
      await dream.lobby.ask({ type, ...fields });
    } else if (!viewer) {
      throw new Error("enter a world first");
    } else if (type === "pose") {
      viewer.place(fields.x, fields.y, fields.facing);
    } else if (this.asks(type)) {
      await viewer.ask(type, fields);
    } else {
      await viewer.propose(type, fields);
    }
  }

  /** Whether a message is a request, answered by q. */
  asks(type) {
    return "q" in this.schemaOf(type).properties;
  }

  get messages() {
    return Object.values(this.document.components.messages).filter((one) => one.name.startsWith("client."));
  }

  schemaOf(type) {
    const { $ref } = this.document.components.messages[`client.${type}`].payload;
    return this.document.components.schemas[$ref.split("/").at(-1)];
  }
}

const bench = new Bench();

function Lab() {
  useNews(bench.listen);
  const [type, setType] = useState("list");
  useEffect(() => {
    bench.open().catch((error) => {
      bench.problem = error.text ?? String(error);
      bench.changed();
    });
  }, []);
  if (!bench.dream) return html`<main class="lab"><p role="status">${bench.problem || "Reaching the node …"}</p></main>`;
  return html`<header class="lab-head"><a href="/">Dreamsync</a><h1>The lab</h1>
      <p class="faint">Every message, as the wire carries it. <a href="/protocol.json">protocol.json</a></p>
      <${Roughness} />
      <button type="button" disabled=${!bench.viewer} onClick=${() => bench.viewer.connection.cut()}>Cut the line</button></header>
    <main class="lab">
      <section class="lab-form" aria-label="A message">
        <label for="type">Message</label>
        <select id="type" value=${type} onChange=${(event) => setType(event.target.value)}>
          ${bench.messages.map(({ title }) => html`<option key=${title} value=${title}>${title}</option>`)}</select>
        <${Form} key=${type} type=${type} />
        ${bench.problem && html`<p class="problem" role="alert">${bench.problem}</p>`}</section>
      <${Frames} />
      <${State} viewer=${bench.viewer} />
    </main>`;
}

/** Switches that make the line rough, to see what a client must bear. */
function Roughness() {
  const { rough } = bench;
  const set = (change) => {
    Object.assign(rough, change);
    bench.changed();
  };
  return html`<p class="rough"><label><input type="checkbox" id="slow" checked=${rough.delayMs > 0}
      onChange=${(event) => set({ delayMs: event.target.checked ? SLOW_MS : 0 })} /> Slow line (${SLOW_MS} ms each way)</label>
    <label><input type="checkbox" id="twice" checked=${rough.sendsTwice}
      onChange=${(event) => set({ sendsTwice: event.target.checked })} /> Send proposals twice</label></p>`;
}

function Form({ type }) {
  const schema = bench.schemaOf(type);
  const fields = Object.entries(schema.properties).filter(([name]) => !OWN.has(name));
  const [values, setValues] = useState(() => Object.fromEntries(fields.filter(([, field]) => field.type === "boolean")
    .map(([name, field]) => [name, field.default ?? false])));
  const [language, setLanguage] = useState("Python");
  const plain = { type, ...Object.fromEntries(fields.map(([name, field]) => [name, valueOf(field, values[name])])
    .filter(([, value]) => value !== undefined)) };
  const set = (name, value) => setValues((old) => ({ ...old, [name]: value }));
  const isOurs = BY_ITSELF.has(type);
  const submit = (event) => {
    event.preventDefault();
    bench.send(plain);
  };
  const text = written(language, plain, location.origin, bench.asks(type));
  return html`<form onSubmit=${submit}><p class="about">${flowing(schema.description)}</p>
    ${fields.map(([name, field]) => html`<${Field} key=${name} name=${name} field=${field} isNeeded=${schema.required?.includes(name)}
      value=${values[name]} set=${(value) => set(name, value)} />`)}
    <p><button class="primary" disabled=${isOurs}>Send</button> ${isOurs && html`<span class="faint">The SDK says this by itself.</span>`}</p>
    <div class="written"><select aria-label="Write it as" value=${language} onChange=${(event) => setLanguage(event.target.value)}>
      ${LANGUAGES.map((one) => html`<option key=${one} value=${one}>${one}</option>`)}</select><${CopyButton} text=${text}>Copy<//>
      <pre>${text}</pre></div></form>`;
}

function valueOf(field, value) {
  if (value === undefined || value === "") return undefined;
  if (field.type === "integer") return Number(value);
  return field.type === "object" ? objectIn(value) ?? {} : value;
}

/** Return the JSON object in a text; undefined where there is none. */
function objectIn(text) {
  try {
    const found = JSON.parse(text);
    return typeof found === "object" && found !== null && !Array.isArray(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

function Field({ name, field, isNeeded, value, set }) {
  const id = `field-${name}`;
  const title = html`<label for=${id}><code>${name}</code> <span class="faint small">${field.type ?? ""}${isNeeded ? "" : ", if wanted"}</span></label>`;
  const onInput = (event) => {
    const { target } = event;
    const isWrong = field.type === "object" && target.value !== "" && objectIn(target.value) === undefined;
    target.setCustomValidity(isWrong ? 'This is no object of JSON, such as {"who": "mia"}.' : "");
    set(target.value);
  };
  if (field.type === "boolean") {
    return html`<p class="tick"><input id=${id} type="checkbox" checked=${value} onChange=${(event) => set(event.target.checked)} />${title}</p>`;
  }
  if (field.enum) {
    return html`<p>${title}<select id=${id} required=${isNeeded} value=${value ?? ""} onChange=${onInput}><option value=""></option>
      ${field.enum.map((one) => html`<option key=${one} value=${one}>${one}</option>`)}</select></p>`;
  }
  if (field.type === "object") return html`<p>${title}<textarea id=${id} rows="2" placeholder='{"who": "mia"}' value=${value ?? ""} onInput=${onInput}></textarea></p>`;
  return html`<p>${title}<input id=${id} type=${field.type === "integer" ? "number" : "text"} required=${isNeeded && name !== "why"}
    maxlength=${field.maxLength} value=${value ?? ""} onInput=${onInput} /></p>`;
}

function Frames() {
  return html`<section class="frames" aria-label="Frames"><h2>Frames <span class="faint small">newest first</span></h2>
    <ol>${bench.frames.map(({ id, direction, message, size }) => html`<li key=${id} class=${direction}><details>
      <summary><b>${direction === "in" ? "←" : "→"} ${message.type}</b>
        <span class="faint small">${message.q ? `q ${message.q} · ` : ""}${message.n ? `n ${message.n} · ` : ""}${size} bytes</span></summary>
      <pre>${JSON.stringify(message, null, 1)}</pre></details></li>`)}</ol></section>`;
}

function State({ viewer }) {
  if (!viewer?.mirror) return html`<section class="state"><h2>State</h2><p class="faint">Enter a world, and what you see of it stands here.</p></section>`;
  const { mirror } = viewer;
  const parts = { facts: viewer.facts(), actions: viewer.actions(), choices: mirror.choices, names: mirror.names, poses: viewer.poses };
  return html`<section class="state" aria-label="State"><h2>State</h2>
    <p class="small">${viewer.isLive ? "live" : viewer.isOver ? "over" : "away"} at ${mirror.position.join(".")},
      ${mirror.worldMs(viewer.nowMs)} ms, digest <code>${mirror.digest}</code>, ${viewer.mismatches} mismatches, ${viewer.resets} resets</p>
    ${Object.entries(parts).map(([name, part]) => html`<${Branch} key=${name} name=${name} value=${part} />`)}</section>`;
}

function Branch({ name, value }) {
  const [isOpen, setOpen] = useState(false);
  if (typeof value !== "object" || value === null) return html`<p class="leaf"><code>${name}</code> ${JSON.stringify(value)}</p>`;
  const items = Object.entries(value);
  return html`<details class="branch" onToggle=${(event) => event.target === event.currentTarget && setOpen(event.currentTarget.open)}>
    <summary><code>${name}</code> <span class="faint small">${items.length}</span></summary>
    ${isOpen && items.map(([key, item]) => html`<${Branch} key=${key} name=${key} value=${item} />`)}</details>`;
}

render(html`<${Lab} />`, document.getElementById("page"));
