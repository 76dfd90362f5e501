// A word of why: asked for with everything that is done at the desk, and kept in the log with it.

import { html, sayingOf, t, useEffect, useRef, useState } from "../shared/house.js";

const WORDS_MAX = 200;
const KEPT_MAX = 4;

const recent = []; // words given in this sitting, newest first

/** Asks in a dialog of its own; `give(word)` or null where it is left undone. */
export function Why({ what, give }) {
  const [word, setWord] = useState("");
  const dialog = useRef(null);
  const given = useRef(false);
  useEffect(() => {
    dialog.current.showModal();
  }, []);
  const answer = (said) => {
    if (given.current) return;
    given.current = true;
    if (said) {
      recent.splice(0, recent.length, ...[said, ...recent.filter((one) => one !== said)].slice(0, KEPT_MAX));
    }
    give(said);
  };
  const submit = (event) => {
    event.preventDefault();
    answer(word.trim());
  };
  return html`<dialog class="why" ref=${dialog} onClose=${() => answer(null)} aria-labelledby="why-title">
    <form onSubmit=${submit}><h2 id="why-title">${what}</h2>
      <label for="why-word">${t("A word of why: it goes into the log with your name")}</label>
      <input id="why-word" maxlength=${WORDS_MAX} dir="auto" autocomplete="off" value=${word} onInput=${(event) => setWord(event.target.value)} />
      ${recent.length > 0 && html`<p class="chips">${recent.map((one) => html`<button type="button" class="chip" key=${one} onClick=${() => answer(one)}>${one}</button>`)}</p>`}
      <p class="end"><button class="primary">${t("Do it")}</button>
        <button type="button" class="quiet" onClick=${() => answer(null)}>${t("Not now")}</button></p></form></dialog>`;
}

/**
 * Return {intervene, asking}: `intervene(what, doing)` asks for a word of why, calls `doing(word)`,
 * says what became of it by `tell(text, isGood)`, and returns whether it was done. A word that
 * stands in the field at the top is taken without asking.
 */
export function useWhy(tell) {
  const [waiting, setWaiting] = useState(null);
  const [ready, setReady] = useState("");
  const intervene = async (what, doing) => {
    const word = ready.trim() || await new Promise((resolve) => { setWaiting({ what, resolve }); });
    setWaiting(null);
    if (word === null) return false;
    try {
      const outcome = await doing(word);
      tell(outcome.ok ? t("{what}: done.", { what }) : `${what}: ${outcome.text || outcome.code}`, outcome.ok);
      if (outcome.ok) setReady("");
      return outcome.ok;
    } catch (error) {
      tell(`${what}: ${sayingOf(error)}`, false);
      return false;
    }
  };
  const asking = waiting && html`<${Why} key=${waiting.what} what=${waiting.what} give=${waiting.resolve} />`;
  return { intervene, asking, ready, setReady };
}
