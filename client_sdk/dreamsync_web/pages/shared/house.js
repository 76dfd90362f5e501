// What every page needs: where its link leads, a line to this node, colours, clocks, rendering.

import { html, render, useEffect, useLayoutEffect, useRef, useState } from "/vendor/preact/preact-htm.js";
import { connect } from "/sdk/dreamsync.js";
import { sayingOf, speak, t } from "./words.js";

export { html, render, sayingOf, t, useEffect, useLayoutEffect, useRef, useState };

const PLACE = /^#([A-Za-z0-9_-]{1,40})(?:(?:\.|\?i=)([A-Za-z0-9_-]{1,128}))?(?:\.([A-Za-z0-9_-]{1,128}))?(?:\.([A-Za-z0-9_-]{1,128}))?$/;
const HUES = [34, 205, 330, 150, 262, 8, 182, 58];

/**
 * Return {world, secret, invite, code} of this page's address, null where it names none. At a desk
 * `secret` is its token, `invite` and `code` what leads others into its world.
 */
export function placeHere() {
  const found = PLACE.exec(location.hash);
  return found && { world: found[1], secret: found[2] ?? "", invite: found[3] ?? "", code: found[4] ?? "" };
}

/** Return the wanted language of texts. */
export function wantedLang() {
  const kept = recall("lang") ?? navigator.language ?? "en";
  return /^[A-Za-z]{2,3}(-[A-Za-z0-9]+)*$/.test(kept) && kept.length <= 16 ? kept : "en";
}

/** Show texts in a language from now on; the page's own words are in the wanted one. */
export const speakHere = (lang) => speak(lang, wantedLang());

/** Return the language that a world is shown in: the wanted one where it has it. */
export function langOf(card) {
  const wanted = wantedLang().slice(0, 2);
  return card.languages?.includes(wanted) ? wanted : card.languages?.[0] ?? "en";
}

/** Reach the node that this page came from. Text frames: a browser reads those by itself. */
export function reach(client, options = {}) {
  return connect(location.origin, {
    json: true, lang: wantedLang(), client: `dreamsync-${client}/0.1.0`, ...options });
}

// What is kept lives as long as the tab, and nowhere else.

export function recall(key) {
  try {
    return JSON.parse(sessionStorage.getItem(`dreamsync.${key}`) ?? "null");
  } catch {
    return null;
  }
}

export function keep(key, value) {
  try {
    if (value === null) sessionStorage.removeItem(`dreamsync.${key}`);
    else sessionStorage.setItem(`dreamsync.${key}`, JSON.stringify(value));
  } catch {
    // A browser that keeps nothing: then nothing is kept.
  }
}

/** Return a number of a text, the same each time; for colours and for where things stand. */
export function numberOf(text) {
  let number = 2166136261;
  for (let i = 0; i < text.length; i++) number = Math.imul(number ^ text.charCodeAt(i), 16777619);
  return (number ^ (number >>> 15)) >>> 0;
}

/** Return numbers in [0, 1), the same for the same seed. */
export function chanceOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const roleOf = (seat) => seat.replace(/\.\d+$/, "");

/** Return the hue of a role or seat: roles of a world have hues far apart. */
export function hueOf(seat, roles = []) {
  const at = roles.findIndex((role) => role.id === roleOf(seat));
  return HUES[(at >= 0 ? at : numberOf(seat)) % HUES.length];
}

/** Return milliseconds as m:ss, rounded up, so that 0:00 is the end. */
export function clockText(ms) {
  const left = Math.max(0, Math.ceil(ms / 1000));
  const hours = Math.floor(left / 3600);
  const minutes = Math.floor(left / 60) % 60;
  const seconds = String(left % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${seconds}` : `${minutes}:${seconds}`;
}

export const isCalm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Draw a component again each time something it looks at has changed, at most once a frame. */
export function useNews(listen) {
  const [, setCount] = useState(0);
  useEffect(() => {
    let frame = 0;
    let isGone = false;
    const again = () => {
      if (frame || isGone) return;
      frame = requestAnimationFrame(() => {
        frame = 0;
        setCount((count) => count + 1);
      });
    };
    const stop = listen(again);
    return () => {
      isGone = true;
      cancelAnimationFrame(frame);
      stop();
    };
  }, [listen]);
}

/** Draw a component again so many times a second, while it is shown. */
export function useBeat(everyMs) {
  const [, setCount] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setCount((count) => count + 1), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
}

/** Copy a text; return whether it was possible. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** A button that copies a text and says so. */
export function CopyButton({ text, children }) {
  const [said, setSaid] = useState("");
  const onClick = async () => {
    setSaid((await copy(text)) ? t("copied") : t("select it and copy by hand"));
    setTimeout(() => setSaid(""), 2000);
  };
  return html`<button type="button" class="quiet" onClick=${onClick}>
    ${children} <span role="status">${said}</span></button>`;
}
