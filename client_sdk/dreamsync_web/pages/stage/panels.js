// Meters and marks: the state of the world, and what is kept for me alone.

import { fineAt } from "/sdk/dreamsync.js";
import { clockText, html, t, useBeat } from "../shared/house.js";

const GLOW_MS = 2600;
const BEAT_MS = 500; // clocks show whole seconds; what drifts glides from one beat to the next
const SHOWN_MAX = 6;
const UNIT = 3_600_000;

const isClock = (fact) => fact.card.kind === "clock";
const isMeter = (fact) => fact.card.kind === "int" && fact.card.low !== undefined && typeof fact.value === "number";

/** What everybody here can see: clocks first, then what moved last. */
export function WorldPanel({ story }) {
  useBeat(BEAT_MS);
  const { world } = story.shown();
  const clocks = world.filter((fact) => isClock(fact) && fact.value > 0);
  const rest = ranked(story, world.filter((fact) => !isClock(fact)));
  const [first, more] = [rest.slice(0, SHOWN_MAX), rest.slice(SHOWN_MAX)];
  return html`<section class="panel world" aria-labelledby="world-title">
    <h2 id="world-title">${t("The world")}</h2>
    ${clocks.map((fact) => html`<${Clock} key=${fact.name} fact=${fact} story=${story} />`)}
    <div class="facts">${first.map((fact) => html`<${Fact} key=${fact.name} fact=${fact} story=${story} />`)}</div>
    ${more.length > 0 && html`<details><summary>${t("{n} more", { n: more.length })}</summary><div class="facts">
      ${more.map((fact) => html`<${Fact} key=${fact.name} fact=${fact} story=${story} />`)}</div></details>`}
    ${rest.length + clocks.length === 0 && html`<p class="faint">${t("Nothing is counted here.")}</p>`}
  </section>`;
}

/** What is mine: my meters, secrets, what I hold. */
export function OwnPanel({ story }) {
  useBeat(BEAT_MS);
  const { mine } = story.shown();
  const held = story.thingsHeld();
  const rest = ranked(story, mine);
  const [first, more] = [rest.slice(0, SHOWN_MAX + 4), rest.slice(SHOWN_MAX + 4)];
  if (!story.viewer.seat) return null;
  return html`<section class="panel own" aria-labelledby="own-title">
    <h2 id="own-title">${t("Kept by you")} <small>${t("others may not know")}</small></h2>
    ${held.length > 0 && html`<p class="held">${t("You hold {things}.", { things: held.map((thing) => thing.name).join(", ") })}</p>`}
    <div class="facts">${first.map((fact) => html`<${Fact} key=${fact.name} fact=${fact} story=${story} />`)}</div>
    ${more.length > 0 && html`<details><summary>${t("{n} more", { n: more.length })}</summary><div class="facts">
      ${more.map((fact) => html`<${Fact} key=${fact.name} fact=${fact} story=${story} />`)}</div></details>`}
    ${rest.length + held.length === 0 && html`<p class="faint">${t("No secrets yet.")}</p>`}
  </section>`;
}

/** What moved last comes first; what moves by itself, and meters, before what only stands there. */
function ranked(story, facts) {
  const weight = (fact) => {
    const ms = story.touched.get(fact.name)?.ms ?? -1e9;
    return ms + (fact.raw?.rate ? 4e8 : 0) + (isMeter(fact) && fact.value !== fact.card.low ? 2e8 : 0);
  };
  return facts.map((fact, i) => [weight(fact), i, fact])
    .filter(([, , fact]) => !(fact.value === false || fact.value === "" || fact.value?.length === 0))
    .sort((a, b) => b[0] - a[0] || a[1] - b[1]).map(([, , fact]) => fact);
}

function label(story, fact) {
  const others = (fact.card.about ?? []).filter((id) => id !== story.viewer.role && id !== story.viewer.seat);
  const about = others.filter((id) => !story.names.scenes[id]).map((id) => story.nameOf(id)).join(", ");
  return about ? `${fact.card.label}, ${about}` : fact.card.label;
}

function Fact({ story, fact }) {
  const isNew = performance.now() - (story.touched.get(fact.name)?.ms ?? -1e9) < GLOW_MS;
  const text = label(story, fact);
  if (isMeter(fact)) return html`<${Meter} story=${story} fact=${fact} isNew=${isNew} text=${text} />`;
  if (fact.value === true) return html`<p class=${isNew ? "truth is-new" : "truth"}>${text}</p>`;
  return html`<p class=${isNew ? "entry is-new" : "entry"}><span>${text}</span>
    <b>${story.words(fact.name, fact.value)}</b></p>`;
}

function Meter({ story, fact: { card, value, raw }, isNew, text }) {
  const { low, high } = card;
  // A drift is drawn as fine as it is, though it reads in whole numbers.
  const fine = raw?.rate !== undefined ? fineAt(raw, story.viewer.worldMs) / UNIT : value;
  const share = Math.min(1, Math.max(0, (fine - low) / Math.max(1, high - low)));
  const trend = raw?.rate && story.viewer.isRunning ? (raw.rate > 0 ? "rising" : "falling") : "";
  return html`<div class=${`meter ${trend}${isNew ? " is-new" : ""}`} role="meter" aria-label=${text}
      aria-valuemin=${low} aria-valuemax=${high} aria-valuenow=${value}>
    <span class="meter-label">${text}</span><span class="meter-value">${value}${trend && html`<i>${trend === "rising" ? " ↑" : " ↓"}</i>`}</span>
    <span class="track"><span class="fill" style=${{ transform: `scaleX(${share})` }}></span>
      <span class="spark" style=${{ insetInlineStart: `${share * 100}%` }}></span></span>
  </div>`;
}

function Clock({ story, fact }) {
  const left = fact.value - story.viewer.worldMs;
  const speed = story.viewer.mirror.speed / 1000;
  return html`<p class=${left < 15_000 * speed ? "clock soon" : "clock"} role="timer"><span>${fact.card.label}</span>
    <b>${clockText(left / speed)}</b></p>`;
}
