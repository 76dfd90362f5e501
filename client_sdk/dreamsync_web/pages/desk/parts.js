// Parts of the desk: seats and people, whispers, clocks, all facts.

import { clockText, html, useBeat, useState } from "../shared/house.js";

const HELD = { player: "played", understudy: "understudy", nobody: "empty" };
const LONG_MS = 90_000; // of silence, after which somebody should get some light

/** Seats with who holds them and how long they have been silent, then who else is here. */
export function Seats({ desk: { story, viewer, intervene, people } }) {
  useBeat(1000);
  const roles = story.roles.filter((role) => !role.seats);
  const lastSaid = (role) => story.lines.findLast((line) => line.who === role && line.kind === "said")?.ms;
  return html`<section class="card" aria-labelledby="seats"><h2 id="seats">Seats</h2>
    <ul class="seats">${roles.map((role) => {
    const held = viewer.fact(`${role.id}.held`) ?? "nobody";
    const player = viewer.fact(`${role.id}.player`);
    const scene = viewer.fact(`${role.id}.scene`);
    const said = lastSaid(role.id);
    const silentMs = viewer.worldMs - (said ?? 0);
    return html`<li key=${role.id} class="seat" style=${{ "--hue": story.hue(role.id) }}>
      <div><b>${role.name}</b> <span class="small">${held === "player" ? player || "somebody" : HELD[held]}${scene ? `, ${story.nameOf(scene)}` : ""}</span>
      <span class=${silentMs > LONG_MS ? "small dim" : "small faint"}>${said === undefined ? "has not spoken" : `spoke ${clockText(silentMs)} ago`}</span></div>
      <p><button type="button" class="quiet" onClick=${() => intervene(`${role.name} to an understudy`, () => viewer.seatTo(role.id, "understudy"))}>Understudy</button>
      <button type="button" class="quiet" onClick=${() => intervene(`${role.name} empty`, () => viewer.seatTo(role.id, "nobody"))}>Empty</button></p></li>`;
  })}</ul>
    <h3>People</h3><ul class="here">${people.map((person) => html`<${Person} key=${person.session}
      person=${person} story=${story} isMe=${person.session === viewer.session}
      remove=${() => intervene(`${person.name || "Somebody"} removed`, () => viewer.remove(person.session))} />`)}</ul></section>`;
}

function Person({ person, story, remove, isMe }) {
  const [isSure, setSure] = useState(false);
  const click = () => {
    if (isSure) remove();
    setSure(!isSure);
  };
  const as = [isMe ? "you" : person.as, person.role && story.nameOf(person.role), person.is_here === false && "away"];
  return html`<li><span><b>${person.name || "no name"}</b> <span class="faint small">${as.filter(Boolean).join(", ")}</span></span>
    ${!isMe && html`<button type="button" class="quiet" onClick=${click} onBlur=${() => setSure(false)}>
      ${isSure ? "Really remove" : "Remove"}</button>`}</li>`;
}

export function Whisper({ desk: { story, viewer, intervene } }) {
  const [to, setTo] = useState("all");
  const [text, setText] = useState("");
  const submit = async (event) => {
    event.preventDefault();
    if (text.trim() && await intervene("Whisper", () => viewer.whisper(to, text.trim()))) setText("");
  };
  return html`<section class="card"><h2>Whisper</h2><form onSubmit=${submit}>
    <label class="small" for="whisper-to">To</label>
    <select id="whisper-to" value=${to} onChange=${(event) => setTo(event.target.value)}>
      <option value="all">everybody</option>${story.roles.filter((role) => !role.seats).map((role) => html`<option key=${role.id} value=${role.id}>${role.name}</option>`)}</select>
    <label class="small" for="whisper-text">What only they hear</label>
    <textarea id="whisper-text" rows="2" maxlength="500" dir="auto" value=${text} onInput=${(event) => setText(event.target.value)}></textarea>
    <button class="primary" disabled=${!text.trim()}>Whisper</button></form></section>`;
}

/** Clocks that run, to be hurried or held back. */
export function Clocks({ desk: { story, viewer, intervene } }) {
  useBeat(500);
  const running = [...viewer.mirror.facts.keys()].filter((name) => name.startsWith("clock.") && viewer.fact(name) > viewer.worldMs);
  if (running.length === 0) return null;
  const speed = viewer.mirror.speed / 1000;
  return html`<section class="card"><h2>Clocks</h2><ul class="clocks">${running.map((name) => {
    const title = story.names.facts[name]?.label ?? name;
    const nudge = (ms) => intervene(title, () => viewer.nudge("hurry", name.slice(6), { ms }));
    return html`<li key=${name}><span>${title}</span><b>${clockText((viewer.fact(name) - viewer.worldMs) / speed)}</b>
      <button type="button" class="quiet" aria-label=${`${title}: 30 seconds sooner`} onClick=${() => nudge(30_000)}>−30 s</button>
      <button type="button" class="quiet" aria-label=${`${title}: a minute later`} onClick=${() => nudge(-60_000)}>+1 min</button></li>`;
  })}</ul></section>`;
}

/** Every fact there is, secrets too. */
export function Facts({ desk: { story, viewer } }) {
  useBeat(1000);
  const [seek, setSeek] = useState("");
  const [isOpen, setOpen] = useState(false);
  const names = isOpen ? [...viewer.mirror.facts.keys()].filter((name) => name.includes(seek)).sort() : [];
  return html`<details class="all-facts" onToggle=${(event) => setOpen(event.target.open)}><summary>All facts</summary>
    <input aria-label="Find a fact" placeholder="find a fact" value=${seek} onInput=${(event) => setSeek(event.target.value)} />
    <dl>${names.map((name) => html`<div key=${name}><dt><code>${name}</code></dt><dd>${String(story.words(name, viewer.fact(name)))}</dd></div>`)}</dl></details>`;
}
