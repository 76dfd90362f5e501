// The beats of a world at its desk: which could come now, and of the others why not yet.

import { html, useEffect, useState } from "../shared/house.js";

const LOOK_MS = 5000;
const ORDER = { ok: 0, condition: 1, held: 2, not_now: 3, cooldown: 3 };

/** Ask the server for the why of every beat, again and again while the page is looked at. */
function useWhys(viewer) {
  const [whys, setWhys] = useState({});
  useEffect(() => {
    let isGone = false;
    const look = async () => {
      if (document.hidden || !viewer.isLive) return;
      for (const beat of beatsOf(viewer)) {
        if (isGone) return;
        const why = await viewer.why(beat).catch(() => null);
        if (why && !isGone) setWhys((old) => ({ ...old, [beat]: why }));
      }
    };
    look();
    const timer = setInterval(look, LOOK_MS);
    return () => {
      isGone = true;
      clearInterval(timer);
    };
  }, []);
  return whys;
}

const beatsOf = (viewer) => [...viewer.mirror.facts.keys()].filter((name) => name.startsWith("cued.")).map((name) => name.slice(5));

/** A beat without a title of its own is called by its id. */
const titleOf = (label, id) => (label && label !== `cued.${id}` ? label : id.replaceAll("_", " "));

export function Beats({ desk }) {
  const { viewer, story } = desk;
  const whys = useWhys(viewer);
  const [seek, setSeek] = useState("");
  const missing = (why) => (why?.leaves ?? []).filter((leaf) => !leaf.holds).length;
  const beats = beatsOf(viewer).map((id) => ({
    id, title: titleOf(story.names.facts[`cued.${id}`]?.label, id), cued: viewer.fact(`cued.${id}`) ?? 0, why: whys[id],
  })).filter(({ id, title }) => `${id} ${title}`.toLowerCase().includes(seek.toLowerCase()))
    .sort((a, b) => (ORDER[a.why?.code] ?? 4) - (ORDER[b.why?.code] ?? 4) || missing(a.why) - missing(b.why));
  return html`<section class="card" aria-labelledby="near"><h2 id="near">What is near</h2>
    <input class="seek" aria-label="Find a beat" placeholder="find a beat" value=${seek} onInput=${(event) => setSeek(event.target.value)} />
    <ul class="beats">${beats.map((beat) => html`<${Beat} key=${beat.id} beat=${beat} desk=${desk} missing=${missing(beat.why)} />`)}</ul></section>`;
}

function Beat({ beat: { id, title, cued, why }, desk: { viewer, intervene }, missing }) {
  const isReady = why?.code === "ok";
  const cue = (override) => intervene(`Cue “${title}”`, (word) => viewer.cue(id, { override, why: word }));
  const hold = () => (why?.is_held
    ? intervene("Let go", () => viewer.unhold(id)) : intervene("Hold", () => viewer.hold(id)));
  return html`<li class=${isReady ? "beat ready" : "beat"} data-beat=${id}>
    <div class="beat-head"><b>${title}</b>
      <span class="faint small">${cued ? `came ${cued === 1 ? "once" : `${cued} times`}` : ""}${why?.is_held ? " held" : ""}</span></div>
    <p class="small why-text">${why ? (isReady ? "It can come now." : why.text) : "…"}${missing > 0 ? ` Missing: ${missing}.` : ""}</p>
    <p class="beat-does">
      <button type="button" class=${isReady ? "primary" : ""} onClick=${() => cue(!isReady)}>${isReady ? "Cue" : "Cue anyway"}</button>
      <button type="button" class="quiet" onClick=${hold}>${why?.is_held ? "Let go" : "Hold"}</button>
      <button type="button" class="quiet" onClick=${() => intervene("Skip", () => viewer.skip(id))}>Skip</button></p>
    ${why?.leaves?.length > 0 && html`<details><summary class="small">Why${isReady ? "" : " not yet"}</summary><ul class="leaves">
      ${why.leaves.map((leaf, i) => html`<li key=${i} class=${leaf.holds ? "holds" : "lacks"}>
        <span aria-label=${leaf.holds ? "holds" : "does not hold"}>${leaf.holds ? "✓" : "✗"}</span> <code>${leaf.text}</code>
        <span class="faint small">${leaf.value}${leaf.by?.length && !leaf.holds ? ` · by ${leaf.by.join(", ")}` : ""}</span></li>`)}</ul></details>`}
  </li>`;
}
