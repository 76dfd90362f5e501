// What I may do now, what I may not and why not, the questions that wait for me, and the ways out.

import { clockText, html, t, useBeat, useLayoutEffect, useRef, useState } from "../shared/house.js";

const GO = "go";
const PLAIN_NAMES = { who: () => t("who"), words: () => t("words") }; // where a pack names nothing
const [BEAT_MS, CHOICE_BEAT_MS] = [1000, 250]; // a choice has a clock that is watched

/** Choices, actions and ways out. `act(offer, params)` and `choose(choice, option)` propose. */
export function Doings({ story, act, choose }) {
  const { viewer } = story;
  useBeat(viewer.choices.length ? CHOICE_BEAT_MS : BEAT_MS);
  const [open, setOpen] = useState("");
  const offers = viewer.actions();
  const go = offers.find((offer) => offer.id === GO && offer.params?.[0]?.name === "to");
  const ready = offers.filter((offer) => offer.is_ready !== false && offer !== go);
  const later = offers.filter((offer) => offer.is_ready === false && offer !== go);
  const isStill = story.isAway || !viewer.isRunning;
  const place = useRef(null);
  const back = (id) => {
    setOpen("");
    // Whoever works by keyboard goes on where they were.
    requestAnimationFrame(() => place.current?.querySelector(`[data-action="${id}"]`)?.focus());
  };
  const done = (offer, params) => {
    if (open === offer.id) back(offer.id);
    act(offer, params);
  };
  return html`<section class="doings" aria-labelledby="doings-title" ref=${place}>
    <h2 id="doings-title" class="visually-hidden">${t("What you can do")}</h2>
    ${viewer.choices.map((choice) => html`<${Choice} key=${choice.id} story=${story} choice=${choice} choose=${choose} />`)}
    <div class="actions">
      ${ready.map((offer) => (open === offer.id
    ? html`<${Form} key=${offer.id} offer=${offer} done=${done} cancel=${() => back(offer.id)} />`
    : html`<${Ready} key=${offer.id} offer=${offer} isStill=${isStill}
        start=${() => (offer.params?.length ? setOpen(offer.id) : done(offer, {}))} />`))}
    </div>
    ${go?.is_ready !== false && (go?.params[0].choices ?? []).length > 0 && html`<div class="ways" role="group" aria-label=${t("Ways out")}>
      ${go.params[0].choices.map((way) => html`<button type="button" key=${way.id} class="way" disabled=${isStill}
        onClick=${() => done(go, { to: way.id })}>${way.label}</button>`)}</div>`}
    ${later.length > 0 && html`<details class="later"><summary>${t("Not yet: {n}", { n: later.length })}</summary>
      <ul>${later.map((offer) => html`<${Later} key=${offer.id} offer=${offer} story=${story} />`)}</ul></details>`}
    ${offers.length === 0 && viewer.seat && html`<p class="faint">${t("There is nothing to do but listen.")}</p>`}
  </section>`;
}

function Ready({ offer, isStill, start }) {
  return html`<button type="button" class="action" disabled=${isStill} data-action=${offer.id} onClick=${start}
      title=${offer.text || undefined}>
    <span>${offer.label}</span>${offer.params?.length > 0 && html`<span class="more" aria-hidden="true">…</span>`}</button>`;
}

function Later({ offer, story }) {
  const left = offer.code === "cooldown" && offer.ready_ms !== undefined
    ? (offer.ready_ms - story.viewer.worldMs) / (story.viewer.mirror.speed / 1000) : 0;
  // That a parameter has no values is the program's way to say it.
  const why = offer.code === "bad_parameter" ? t("Nobody and nothing to choose just now.") : offer.why || t("not now");
  return html`<li><span class="label">${offer.label}</span>
    <span class="why">${left > 0 ? t("again in {time}", { time: clockText(left) }) : why}</span></li>`;
}

/** One action's parameters, as choices. */
function Form({ offer, done, cancel }) {
  const [params, setParams] = useState(() => startOf(offer));
  const form = useRef(null);
  useLayoutEffect(() => {
    form.current.querySelector("textarea, input:not(:checked), button")?.focus();
    form.current.scrollIntoView({ block: "nearest" });
  }, []);
  const isWhole = offer.params.every((param) => params[param.name] !== undefined && String(params[param.name]).trim() !== "");
  const set = (name, value) => setParams((old) => ({ ...old, [name]: value }));
  const submit = (event) => {
    event.preventDefault();
    if (isWhole) done(offer, params);
  };
  const onKeyDown = (event) => {
    if (event.key === "Escape") cancel();
  };
  return html`<form class="asked" ref=${form} onSubmit=${submit} onKeyDown=${onKeyDown} aria-label=${offer.label}>
    <p class="asked-title">${offer.label}</p>
    ${offer.params.map((param) => html`<${Param} key=${param.name} param=${param} value=${params[param.name]}
      set=${(value) => set(param.name, value)} action=${offer.id} />`)}
    <p class="asked-end"><button class="primary" disabled=${!isWhole}>${t("Do it")}</button>
      <button type="button" class="quiet" onClick=${cancel}>${t("Not now")}</button></p>
  </form>`;
}

function startOf(offer) {
  const params = {};
  for (const param of offer.params) {
    if (param.type === "choice" && param.choices?.length === 1) params[param.name] = param.choices[0].id;
    if (param.type === "int") params[param.name] = param.low ?? 0;
    if (param.type === "bool") params[param.name] = false;
  }
  return params;
}

function Param({ param, value, set, action }) {
  const id = `${action}-${param.name}`;
  const title = param.label || PLAIN_NAMES[param.name]?.() || param.name.replaceAll("_", " ");
  if (param.type === "choice" || param.type === "bool") {
    const choices = param.type === "bool" ? [{ id: true, label: t("yes") }, { id: false, label: t("no") }] : param.choices ?? [];
    return html`<fieldset><legend>${title}</legend><div class="chips">
      ${choices.map((choice) => html`<label key=${choice.id} class=${value === choice.id ? "chip on" : "chip"}>
        <input type="radio" name=${id} checked=${value === choice.id} onChange=${() => set(choice.id)} />
        <span>${choice.label}</span></label>`)}
      ${choices.length === 0 && html`<p class="faint">${t("Nobody and nothing to choose just now.")}</p>`}</div></fieldset>`;
  }
  if (param.type === "int") {
    return html`<p class="number"><label for=${id}>${title}</label>
      <input id=${id} type="range" min=${param.low} max=${param.high} step="1" value=${value}
        onInput=${(event) => set(Number(event.target.value))} /><output for=${id}>${value}</output></p>`;
  }
  const most = Math.min(param.size ?? 500, 500);
  const onKeyDown = (event) => {
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      event.target.form.requestSubmit();
    }
  };
  return html`<p class="words"><label for=${id}>${title}</label>
    <textarea id=${id} rows="2" maxlength=${most} dir="auto" value=${value ?? ""} onKeyDown=${onKeyDown}
      onInput=${(event) => set(event.target.value.replace(/\n/g, " "))}></textarea></p>`;
}

/** A question put to my role, with its clock. */
function Choice({ story, choice, choose }) {
  const began = useRef(story.viewer.worldMs);
  const speed = story.viewer.mirror.speed / 1000;
  const left = choice.until_ms === undefined ? null : (choice.until_ms - story.viewer.worldMs) / speed;
  const whole = choice.until_ms === undefined ? 1 : Math.max(1, choice.until_ms - began.current) / speed;
  return html`<div class="choice paper" role="group" aria-label=${choice.ask}>
    <p class="ask" role="alert">${choice.ask}</p>
    <div class="options">${choice.options.map((option) => html`<button type="button" key=${option.id}
      onClick=${() => choose(choice, option)}>${option.label}</button>`)}</div>
    ${left !== null && html`<p class="until"><span class="track"><span class="fill"
      style=${{ transform: `scaleX(${Math.max(0, Math.min(1, left / whole))})` }}></span></span>
      <span role="timer">${clockText(left)}</span></p>`}
  </div>`;
}
