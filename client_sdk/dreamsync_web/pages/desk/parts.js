// Parts of the desk: whispers and hints, clocks, links to hand out, all facts.

import { clockText, CopyButton, html, t, useBeat, useState } from "../shared/house.js";

/** Say something to one role or to all: out of the story's mouth, or as what crosses their mind. */
export function Whisper({ desk: { story, viewer, intervene } }) {
  const [to, setTo] = useState("all");
  const [text, setText] = useState("");
  const [isHint, setHint] = useState(false);
  const submit = async (event) => {
    event.preventDefault();
    const said = text.trim();
    if (!said) return;
    const isDone = isHint && to !== "all"
      ? await intervene(t("Hint"), (why) => viewer.nudge("hint", to, { text: said, why }))
      : await intervene(t("Whisper"), (why) => viewer.whisper(to, said, why));
    if (isDone) setText("");
  };
  return html`<section class="card" aria-labelledby="whisper"><h2 id="whisper">${t("Whisper")}</h2><form onSubmit=${submit}>
    <label class="small" for="whisper-to">${t("To")}</label>
    <select id="whisper-to" value=${to} onChange=${(event) => setTo(event.target.value)}>
      <option value="all">${t("everybody")}</option>${story.roles.filter((role) => !role.seats).map((role) => html`<option key=${role.id} value=${role.id}>${role.name}</option>`)}</select>
    <label class="small" for="whisper-text">${t("What only they hear")}</label>
    <textarea id="whisper-text" rows="2" maxlength="500" dir="auto" value=${text} onInput=${(event) => setText(event.target.value)}></textarea>
    ${to !== "all" && html`<label class="check small"><input type="checkbox" checked=${isHint}
      onChange=${(event) => setHint(event.target.checked)} /> ${t("as a hint: it crosses their mind")}</label>`}
    <button class="primary" disabled=${!text.trim()}>${t("Whisper")}</button></form></section>`;
}

/** Clocks that run, to be hurried or held back. */
export function Clocks({ desk: { story, viewer, intervene } }) {
  useBeat(500);
  const running = [...viewer.mirror.facts.keys()].filter((name) => name.startsWith("clock.") && viewer.fact(name) > viewer.worldMs);
  if (running.length === 0) return null;
  const speed = viewer.mirror.speed / 1000;
  return html`<section class="card" aria-labelledby="clocks"><h2 id="clocks">${t("Clocks")}</h2><ul class="clocks">${running.map((name) => {
    const title = story.names.facts[name]?.label ?? name;
    const nudge = (ms) => intervene(title, (why) => viewer.nudge("hurry", name.slice(6), { ms, why }));
    return html`<li key=${name}><span>${title}</span><b>${clockText((viewer.fact(name) - viewer.worldMs) / speed)}</b>
      <button type="button" class="quiet" aria-label=${t("{clock}: 30 seconds sooner", { clock: title })} onClick=${() => nudge(30_000)}>−30 s</button>
      <button type="button" class="quiet" aria-label=${t("{clock}: a minute later", { clock: title })} onClick=${() => nudge(-60_000)}>+1 min</button></li>`;
  })}</ul></section>`;
}

/** What leads others into the world. */
export function Links({ desk: { story, links } }) {
  return html`<section class="card" aria-labelledby="links"><h2 id="links">${t("Invite")}</h2>
    ${links.play ? html`<p class="small"><label for="play-link">${t("Whoever has this link can come in.")}</label></p>
      <input id="play-link" readonly value=${links.play} onFocus=${(event) => event.target.select()} />
      <p class="does"><${CopyButton} text=${links.play}>${t("Copy the link")}<//>
        <a class="button quiet" href=${links.play} target="_blank" rel="noopener">${t("Go in")}</a></p>`
    : html`<p class="faint small">${t("The link into a private world is part of the desk's whole link; this one came without.")}</p>`}
    ${links.code && html`<p>${t("To type instead:")} <b class="code">${links.code}</b>
      <${CopyButton} text=${links.code}>${t("Copy the code")}<//></p>`}
    <p class="faint small">${story.viewer.world.title}</p></section>`;
}

/** Every fact there is, secrets too. */
export function Facts({ desk: { story, viewer } }) {
  useBeat(1000);
  const [seek, setSeek] = useState("");
  const names = [...viewer.mirror.facts.keys()].filter((name) => name.includes(seek)).sort();
  return html`<div class="all-facts"><input aria-label=${t("Find a fact")} placeholder=${t("find a fact")} value=${seek} onInput=${(event) => setSeek(event.target.value)} />
    <dl>${names.map((name) => html`<div key=${name}><dt><code>${name}</code></dt><dd dir="auto">${String(story.words(name, viewer.fact(name)))}</dd></div>`)}</dl></div>`;
}
