// What one may do about what somebody wrote: not hear them any more, or tell the desk.

import { html, t, useEffect, useRef, useState } from "../shared/house.js";

const WORDS_MAX = 300;

/** A dialog about one line of somebody else. `report(why)` returns whether the desk has it. */
export function Minding({ line, story, close, report }) {
  const [why, setWhy] = useState("");
  const [isDone, setDone] = useState(false);
  const place = useRef(null);
  useEffect(() => {
    place.current.showModal();
  }, []);
  const name = line.who_name || story.nameOf(line.who);
  const isMuted = story.muted.has(line.who);
  const submit = async (event) => {
    event.preventDefault();
    setDone(await report(line, why.trim()));
  };
  return html`<dialog class="minding" ref=${place} onClose=${close} onCancel=${close} aria-labelledby="minding-title">
    <h2 id="minding-title">${name}</h2><blockquote dir="auto">${line.text}</blockquote>
    <p><button type="button" aria-pressed=${isMuted} onClick=${() => story.mute(line.who)}>
      ${isMuted ? t("Hear {name} again", { name }) : t("Do not hear {name} any more", { name })}</button></p>
    ${isDone ? html`<p role="status">${t("Whoever leads the game has it now. Nobody else learns of it.")}</p>`
    : html`<form onSubmit=${submit}><label for="minding-why">${t("Tell whoever leads the game. Nobody else learns of it.")}</label>
      <textarea id="minding-why" rows="2" maxlength=${WORDS_MAX} dir="auto" value=${why} placeholder=${t("why, if you like")}
        onInput=${(event) => setWhy(event.target.value.replace(/\n/g, " "))}></textarea>
      <p><button class="quiet">${t("Report it")}</button></p></form>`}
    <p class="end"><button type="button" class="primary" onClick=${close}>${t("Close")}</button></p></dialog>`;
}
