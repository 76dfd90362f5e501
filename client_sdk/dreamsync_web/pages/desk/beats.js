// The beats of a world at its desk: which could come now, and of the others why not yet.

import { html, t, useEffect, useRef, useState } from "../shared/house.js";

const LOOK_MS = 5000;
const ORDER = { ok: 0, condition: 1, held: 2, not_now: 3, cooldown: 3 };
const VETO_MS = 300_000;
const SHOWN_MAX = 8; // beats, the nearest; the others are asked for

/** Ask the server for the why of every beat, again and again while the page is looked at. */
export function useWhys(viewer) {
  const [whys, setWhys] = useState({});
  useEffect(() => {
    let isGone = false;
    let timer = 0;
    const look = async () => {
      if (document.hidden || !viewer.isLive) return;
      const found = {};
      for (const beat of beatsOf(viewer)) {
        if (isGone) return;
        const why = await viewer.why(beat).catch(() => null);
        if (why) found[beat] = why;
      }
      // All at once: drawn for each of forty, the desk would do little else.
      if (!isGone) setWhys((old) => ({ ...old, ...found }));
    };
    const keepLooking = async () => {
      await look();
      if (!isGone) timer = setTimeout(keepLooking, LOOK_MS);
    };
    keepLooking();
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, []);
  return whys;
}

const beatsOf = (viewer) => [...viewer.mirror.facts.keys()].filter((name) => name.startsWith("cued.")).map((name) => name.slice(5));

/** A beat without a title of its own is called by its id. */
const titleOf = (label, id) => (label && label !== `cued.${id}` ? label : id.replaceAll("_", " "));

export function Beats({ desk, whys, graph, picked, unpick }) {
  const { viewer, story } = desk;
  const [seek, setSeek] = useState("");
  const [isAll, setAll] = useState(false);
  const missing = (why) => (why?.leaves ?? []).filter((leaf) => !leaf.holds).length;
  const titles = new Map((graph?.nodes ?? []).map((node) => [node.id, node.title]));
  const beats = beatsOf(viewer).map((id) => ({
    id, title: titles.get(id) || titleOf(story.names.facts[`cued.${id}`]?.label, id), cued: viewer.fact(`cued.${id}`) ?? 0, why: whys[id],
  })).filter(({ id, title }) => (picked ? id === picked : `${id} ${title}`.toLowerCase().includes(seek.toLowerCase())))
    .sort((a, b) => (ORDER[a.why?.code] ?? 4) - (ORDER[b.why?.code] ?? 4) || (a.why?.away ?? 0) - (b.why?.away ?? 0) || missing(a.why) - missing(b.why));
  const shown = isAll || seek ? beats : beats.slice(0, SHOWN_MAX);
  return html`<section class="card" aria-labelledby="near"><h2 id="near">${t("What is near, and why not yet")}</h2>
    ${picked ? html`<p class="does"><button type="button" class="quiet" onClick=${unpick}>${t("Show all beats")}</button></p>`
    : html`<input class="seek" aria-label=${t("Find a beat")} placeholder=${t("find a beat")} value=${seek} onInput=${(event) => setSeek(event.target.value)} />`}
    <ul class="beats">${shown.map((beat) => html`<${Beat} key=${beat.id} beat=${beat} desk=${desk} missing=${missing(beat.why)} isPicked=${picked === beat.id} />`)}</ul>
    ${(shown.length < beats.length || isAll) && !seek && html`<p class="does"><button type="button" class="quiet" data-all onClick=${() => setAll(!isAll)}>
      ${isAll ? t("Only the nearest") : t("{n} more, further away", { n: beats.length - shown.length })}</button></p>`}</section>`;
}

function Beat({ beat: { id, title, cued, why }, desk: { viewer, intervene }, missing, isPicked }) {
  const place = useRef(null);
  useEffect(() => {
    if (isPicked) place.current.scrollIntoView({ block: "nearest" });
  }, [isPicked]);
  const isReady = why?.code === "ok";
  const isHeld = Boolean(why?.is_held);
  const cue = (override) => intervene(t("Cue “{title}”", { title }), (word) => viewer.cue(id, { override, why: word }));
  const hold = () => intervene(t(isHeld ? "Let “{title}” go" : "Hold “{title}”", { title }),
    (word) => (isHeld ? viewer.unhold(id, word) : viewer.hold(id, word)));
  const skip = () => intervene(t("Skip “{title}”", { title }), (word) => viewer.skip(id, word));
  const undo = () => intervene(t("Undo “{title}”", { title }), (word) => viewer.undo(id, word));
  const veto = () => intervene(t("Not “{title}” for five minutes", { title }), (word) => viewer.veto(id, { ms: VETO_MS, why: word }));
  const lack = why?.leaves?.find((leaf) => !leaf.holds);
  const often = cued ? (cued === 1 ? t("came once") : t("came {n} times", { n: cued })) : "";
  return html`<li class=${isReady ? "beat ready" : "beat"} data-beat=${id} ref=${place}>
    <div class="beat-head"><b>${title}</b> <span class="faint small">${often}${isHeld ? ` ${t("held")}` : ""}</span></div>
    <p class="small why-text">${why ? (isReady ? t("It can come now.") : lack && why.code === "condition" ? "" : why.text) : "…"}
      ${lack && html` <span class="lack">${t("Missing:")} <code>${lack.text}</code> ${missing > 1 ? t("and {n} more", { n: missing - 1 }) : ""}</span>`}</p>
    <p class="does">
      <button type="button" class=${isReady ? "primary" : ""} onClick=${() => cue(!isReady)}>${isReady ? t("Cue") : t("Cue anyway")}</button>
      <button type="button" class="quiet" onClick=${hold}>${isHeld ? t("Let go") : t("Hold")}</button>
      <button type="button" class="quiet" onClick=${skip}>${t("Skip")}</button>
      ${cued > 0 && html`<button type="button" class="quiet" onClick=${undo}>${t("Undo")}</button>`}
      <button type="button" class="quiet" onClick=${veto}>${t("Not now")}</button></p>
    ${why?.leaves?.length > 0 && html`<details open=${isPicked}><summary class="small">${isReady ? t("Why") : t("Why not yet")}</summary><ul class="leaves">
      ${why.leaves.map((leaf, i) => html`<li key=${i} class=${leaf.holds ? "holds" : "lacks"}>
        <span role="img" aria-label=${leaf.holds ? t("holds") : t("does not hold")}>${leaf.holds ? "✓" : "✗"}</span> <code>${leaf.text}</code>
        <span class="faint small">${leaf.value}${leaf.by?.length && !leaf.holds ? ` · ${t("by {who}", { who: leaf.by.join(", ") })}` : ""}</span></li>`)}</ul></details>`}
  </li>`;
}
