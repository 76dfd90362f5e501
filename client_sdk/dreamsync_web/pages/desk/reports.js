// What players reported of what others wrote: for the desk's eyes, with what may be done about it.

import { clockText, html, t, useEffect, useState } from "../shared/house.js";

/** Return what was reported, asked for again each time somebody reports. */
export function useReports(story) {
  const [reports, setReports] = useState([]);
  const count = story.reported;
  useEffect(() => {
    let isGone = false;
    story.viewer.reports().then((found) => isGone || setReports(found)).catch(() => {});
    return () => {
      isGone = true;
    };
  }, [count]);
  return reports;
}

export function Reports({ desk, reports }) {
  const { viewer, intervene, people, story } = desk;
  if (reports.length === 0) return null;
  return html`<section class="card reports" aria-labelledby="reports"><h2 id="reports">${t("Reported")} <b class="count">${reports.length}</b></h2>
    <ul>${[...reports].reverse().map((one) => {
    const person = people.find((known) => known.session === one.session);
    const name = person?.name || one.who_name || t("somebody");
    return html`<li key=${one.at.join(".")} class="reported"><p class="faint small">${one.who ? story.nameOf(one.who) : ""}
        ${person ? ` (${name})` : ""}, ${clockText(one.ms)}</p>
      <q dir="auto">${one.text || t("The text was erased.")}</q>
      <p class="small">${one.by || t("Somebody")}${one.why && html`: <i dir="auto">${one.why}</i>`}</p>
      ${person && html`<p class="does"><button type="button" class="quiet" aria-pressed=${Boolean(person.is_muted)}
        onClick=${() => intervene(t(person.is_muted ? "Let {name} write" : "Mute {name}", { name }), (why) => viewer.mute(one.session, !person.is_muted, why))}>${t("Mute {name}", { name })}</button>
        <button type="button" class="quiet" onClick=${() => intervene(t("Remove {name}", { name }), (why) => viewer.remove(one.session, why))}>${t("Remove {name}", { name })}</button></p>`}</li>`;
  })}</ul></section>`;
}
