// The director at the desk: let it stand by, give it another temper, hold it to fewer nudges; close the world.

import { html, t, useState } from "../shared/house.js";

const TEMPERS = [["", "as the pack has it"], ["patient", "patient"], ["mischievous", "mischievous"], ["kind", "kind"]];
const CAPS = [[-1, "as the pack has it"], [0, "none"], [6, "6 an hour"], [12, "12 an hour"], [30, "30 an hour"]];

export function Director({ desk: { story, viewer, intervene } }) {
  const isStandby = viewer.fact("director.standby") === true;
  const temper = viewer.fact("director.temperament") ?? "";
  const cap = viewer.fact("director.nudge_cap") ?? -1;
  const heading = viewer.fact("director.heading");
  const direct = (what, given) => intervene(t(what), (why) => viewer.direct({ ...given, why }));
  return html`<section class="card" aria-labelledby="director"><h2 id="director">${t("The director")}</h2>
    <p class="small">${isStandby ? t("It stands by: nothing comes but what you cue.") : t("It chooses what comes.")}
      ${heading && html` <span class="faint">${t("It heads for {ending}.", { ending: story.words("director.heading", heading) })}</span>`}</p>
    <p class="does">${isStandby
    ? html`<button type="button" class="primary" onClick=${() => direct("Hand back to the director", { standby: false })}>${t("Hand back")}</button>`
    : html`<button type="button" onClick=${() => direct("Take over from the director", { standby: true })}>${t("Take over")}</button>`}</p>
    <p class="pick"><label for="temper">${t("Its temper")}</label>
      <select id="temper" value=${temper} onChange=${(event) => direct("Another temper", { temperament: event.target.value })}>
        ${TEMPERS.map(([id, label]) => html`<option key=${id} value=${id}>${t(label)}</option>`)}</select></p>
    <p class="pick"><label for="cap">${t("Nudges for each player")}</label>
      <select id="cap" value=${String(cap)} onChange=${(event) => direct("Another measure of nudges", { nudge_cap: Number(event.target.value) })}>
        ${[...CAPS, ...(CAPS.some(([n]) => n === cap) ? [] : [[cap, `${cap}`]])].map(([n, label]) => html`<option key=${n} value=${String(n)}>${t(label)}</option>`)}</select></p>
    <${Closing} viewer=${viewer} intervene=${intervene} /></section>`;
}

function Closing({ viewer, intervene }) {
  const [isSure, setSure] = useState(false);
  const close = () => {
    if (isSure) intervene(t("Close the world"), (why) => viewer.closeWorld(why));
    setSure(!isSure);
  };
  return html`<p class="does"><button type="button" class="quiet" onClick=${close} onBlur=${() => setSure(false)}>
    ${isSure ? t("Close it for good: everybody is let go") : t("Close the world")}</button></p>`;
}
