// A class: many worlds of one pack at once, one code for all who come, who is where, a report.

import {
  clockText, CopyButton, html, keep, placeHere, reach, recall, render, sayingOf, speakHere, t, useBeat, useEffect, useState, wantedLang,
} from "../shared/house.js";
import { Story } from "../stage/story.js";
import { saveReport } from "./report.js";

const AT_ONCE = 6; // desks that are sat down at at the same time
const TOAST_MS = 6000;
const TENSION_MAX = 10;

function ClassPage() {
  const [step, setStep] = useState({ at: "reaching" });
  useEffect(() => {
    arrive(setStep);
    addEventListener("hashchange", () => location.reload());
  }, []);
  if (step.at === "sitting") return html`<${ClassDesk} place=${step.place} dream=${step.dream} worlds=${step.worlds} />`;
  if (step.at === "open") return html`<${OpenOne} dream=${step.dream} packs=${step.packs} problem=${step.problem} />`;
  return html`<main class="home"><p class="faint" role="status">${t("Sitting down …")}</p></main>`;
}

/** With a token in the address: to the class. Without: to opening one. */
async function arrive(setStep) {
  const place = placeHere();
  let dream;
  try {
    await speakHere(wantedLang());
    dream = await reach("class");
    if (place?.secret) {
      const worlds = await dream.classWorlds(place.world, place.secret);
      setStep({ at: "sitting", place, dream, worlds });
      return;
    }
    setStep({ at: "open", dream, packs: (await dream.list()).packs });
  } catch (error) {
    const packs = dream ? (await dream.list().catch(() => ({ packs: [] }))).packs : [];
    setStep({ at: "open", dream, packs, problem: sayingOf(error) });
  }
}

function OpenOne({ dream, packs, problem }) {
  const [state, setState] = useState({ problem });
  const submit = async (event) => {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(event.target));
    setState({ isBusy: true });
    try {
      const made = await dream.openClass(given.pack, Number(given.count), {
        title: given.title.trim() || undefined, understudies: given.understudies === "on", spectators: given.spectators === "on" });
      keep(`class.${made.world}`, { invite: made.invite, code: made.code, waits: given.waits === "on" });
      location.hash = `#${made.world}.${made.desk_token}.${made.invite}.${made.code}`;
    } catch (error) {
      setState({ problem: sayingOf(error) });
    }
  };
  return html`<main class="home"><h1>${t("A class")}</h1>
    <p class="lead">${t("Many worlds of one story at once.")} ${t("Everybody types the same code and is led to a world with a free role.")}${" "}
    ${t("From the class desk you see who is where, pause all at once, and keep a report.")}</p>
    <form class="card opening-class" onSubmit=${submit}>
      <label for="pack">${t("Which story")}</label>
      <select id="pack" name="pack" required>${packs.map((pack) => html`<option key=${pack.id} value=${pack.id}>${pack.title} (${rolesOf(pack)})</option>`)}</select>
      <label for="count">${t("How many worlds")}</label><input id="count" name="count" type="number" min="1" max="40" value="6" required />
      <label for="title">${t("Name of the class")}</label><input id="title" name="title" maxlength="60" placeholder=${t("10b, Tuesday")} dir="auto" />
      <label class="check"><input type="checkbox" name="waits" checked /> ${t("Wait until I let all begin")}</label>
      <label class="check"><input type="checkbox" name="understudies" checked /> ${t("Understudies play who is missing")}</label>
      <label class="check"><input type="checkbox" name="spectators" /> ${t("People may watch")}</label>
      ${state.problem && html`<p class="problem" role="alert">${state.problem}</p>`}
      <p><button class="primary" disabled=${state.isBusy || !dream}>${t("Open the class")}</button> <a class="button quiet" href="/">${t("Other worlds")}</a></p></form></main>`;
}

function ClassDesk({ place, dream, worlds }) {
  const kept = { invite: place.invite, code: place.code, ...recall(`class.${place.world}`) };
  const [stories] = useState(() => worlds.map((world) => Object.assign(new Story(world.id), { card: world })));
  const [toast, setToast] = useState(null);
  const [why, setWhy] = useState("");
  useBeat(1000);
  useEffect(() => {
    document.title = `${titleOf(worlds)} · Dreamsync`;
    sitDownAt(stories, dream, place.secret, kept.waits === true);
  }, []);
  const say = (text, isGood = true) => {
    const mine = { text, isGood };
    setToast(mine);
    setTimeout(() => setToast((now) => (now === mine ? null : now)), TOAST_MS);
  };
  /** Do something in every world that is there and has not ended; say in how many it was done. */
  const inAll = async (what, doing) => {
    const open = stories.filter((story) => story.viewer && !story.over && !endingOf(story));
    const done = await Promise.all(open.map((story) => doing(story.viewer, why.trim()).then((outcome) => outcome.ok, () => false)));
    const count = done.filter(Boolean).length;
    say(t("{what}: in {count} of {all} worlds.", { what, count, all: open.length }), count === open.length);
    if (count) setWhy("");
  };
  const here = stories.filter((story) => story.viewer);
  const people = here.reduce((sum, story) => sum + playersOf(story).length, 0);
  return html`<div class="class-desk"><header class="topbar"><h1>${titleOf(worlds)}</h1>
      <p class="counts">${t("{people} players in {worlds} worlds", { people, worlds: worlds.length })}</p>
      ${kept.code && html`<p class="code-line"><span class="small faint">${location.host}</span> <b class="code">${kept.code}</b>
        <${CopyButton} text=${`${location.origin}/w#${place.world}.${kept.invite}`}>${t("Copy the link")}<//></p>`}</header>
    <section class="all" aria-label=${t("In all worlds")}><label for="why" class="small">${t("A word of why")}</label>
      <input id="why" maxlength="500" dir="auto" value=${why} onInput=${(event) => setWhy(event.target.value)} />
      <button type="button" class="primary" onClick=${() => inAll(t("Going on"), (desk, word) => desk.resume(word))}>${t("Let all go on")}</button>
      <button type="button" onClick=${() => inAll(t("Paused"), (desk, word) => desk.pause(word))}>${t("Pause all")}</button>
      <${WhisperAll} whisper=${(text) => inAll(t("Whispered"), (desk, word) => desk.whisper("all", text, word))} />
      <span class="keep"><button type="button" class="quiet" onClick=${() => report(stories, worlds, "html", say)}>${t("Report")}</button>
      <button type="button" class="quiet" onClick=${() => report(stories, worlds, "csv", say)}>${t("as a table (CSV)")}</button>
      <${CloseAll} close=${() => inAll(t("Closed"), (desk, word) => desk.closeWorld(word))} /></span></section>
    <main class="worlds">${stories.map((story) => html`<${WorldPane} key=${story.world} story=${story} token=${place.secret} />`)}</main>
    ${toast && html`<p class=${toast.isGood ? "toast" : "toast bad"} role="status">${toast.text}</p>`}</div>`;
}

function WhisperAll({ whisper }) {
  const [text, setText] = useState("");
  const submit = (event) => {
    event.preventDefault();
    if (!text.trim()) return;
    whisper(text.trim());
    setText("");
  };
  return html`<form class="whisper-all" onSubmit=${submit}><label class="visually-hidden" for="to-all">${t("What everybody hears")}</label>
    <input id="to-all" maxlength="500" dir="auto" placeholder=${t("Say something to everybody")} value=${text} onInput=${(event) => setText(event.target.value)} />
    <button disabled=${!text.trim()}>${t("Whisper to all")}</button></form>`;
}

/** Close every world, at the second click: a report is taken before. */
function CloseAll({ close }) {
  const [isSure, setSure] = useState(false);
  const press = () => {
    if (isSure) close();
    setSure(!isSure);
  };
  return html`<button type="button" class="quiet" onClick=${press} onBlur=${() => setSure(false)}>
    ${isSure ? t("Close all for good: everybody is let go") : t("Close all")}</button>`;
}

/** One world: how far its story is, who is in it and where, and what was told last. */
function WorldPane({ story, token }) {
  const { viewer, card } = story;
  if (!viewer) return html`<article class="world-pane"><h2>${card.title}</h2>
    <p class="faint small" role="status">${story.problem ?? t("Sitting down …")}</p></article>`;
  const ending = endingOf(story);
  const chapter = viewer.fact("chapter") ?? "";
  const state = ending ? t("ended: {ending}", { ending: story.words("ending", ending) })
    : story.over ? t("closed") : viewer.fact("paused") ? t("paused") : story.isAway ? t("the line is down") : story.words("chapter", chapter);
  const last = story.lines.findLast((line) => line.kind === "said" || line.kind === "beat");
  const tension = tensionOf(story);
  return html`<article class=${`world-pane${ending || story.over ? " is-over" : viewer.fact("paused") ? " is-paused" : ""}`} data-world=${card.id}>
    <h2>${card.title}</h2><p class="state"><span>${state}</span> <span class="small faint">${clockText(viewer.worldMs)}</span></p>
    <div class="tension" role="img" aria-label=${t("Tension {now} of {most}", { now: tension.toFixed(1), most: TENSION_MAX })}><span style=${{ inlineSize: `${tension * 10}%` }}></span></div>
    <ul>${story.roles.filter((role) => !role.seats).map((role) => html`<${Seat} key=${role.id} story=${story} role=${role} seat=${role.id} />`)}
      ${chorusOf(story).map(({ role, seat }) => html`<${Seat} key=${seat} story=${story} role=${role} seat=${seat} />`)}</ul>
    ${last && html`<p class="last small" dir="auto">${last.who_name ? `${last.who_name}: ` : ""}${last.text}</p>`}
    <p><a class="button quiet" href=${`/desk#${card.id}.${token}`} target="_blank" rel="noopener">${t("Open its desk")}</a></p></article>`;
}

function Seat({ story, role, seat }) {
  const { viewer } = story;
  const held = viewer.fact(`${seat}.held`) ?? "nobody";
  const scene = viewer.fact(`${seat}.scene`);
  const who = held === "player" ? viewer.fact(`${seat}.player`) || t("somebody") : held === "understudy" ? t("understudy") : t("nobody");
  return html`<li class=${`held-${held}`} style=${{ "--hue": story.hue(role.id) }}><b>${role.name}</b>
    <span><span dir="auto">${who}</span>${scene && scene !== "nowhere" && html`<span class="small faint">${story.nameOf(scene)}</span>`}</span></li>`;
}

/** Sit down at the desks, some at a time; a class that waits is paused before anything happens. */
async function sitDownAt(stories, dream, token, waits) {
  const rest = [...stories];
  const next = async () => {
    for (let story = rest.shift(); story; story = rest.shift()) {
      try {
        story.viewer = await dream.desk(story.world, { token, name: recall("name") || t("the class desk") }, story.take);
        if (waits && story.viewer.worldMs < 60_000 && !story.viewer.fact("paused")) await story.viewer.pause(t("the class gathers"));
      } catch (error) {
        story.problem = sayingOf(error);
      }
      story.changed();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
}

async function report(stories, worlds, kind, say) {
  const here = stories.filter((story) => story.viewer);
  try {
    await saveReport(titleOf(worlds), here, kind);
  } catch (error) {
    say(t("No report: {why}", { why: sayingOf(error) }), false);
  }
}

const rolesOf = (pack) => t("{count} roles", { count: (pack.roles ?? []).filter((role) => !role.seats).length });
const titleOf = (worlds) => (worlds[0]?.title ?? t("A class")).replace(/ · \d+$/, "");
const endingOf = (story) => story.viewer?.fact("ending") || "";

/** Return the seats in choruses that people have, each with its role. */
function chorusOf(story) {
  const found = [];
  for (const name of story.viewer.mirror.facts.keys()) {
    const [, id, place] = /^(.+)\.(\d+)\.held$/.exec(name) ?? [];
    const role = id && story.roles.find((one) => one.id === id && one.seats);
    if (role && story.viewer.fact(name) === "player") found.push({ role, seat: `${id}.${place}` });
  }
  return found;
}

function playersOf(story) {
  const alone = story.roles.filter((role) => !role.seats && story.viewer.fact(`${role.id}.held`) === "player");
  return [...alone, ...chorusOf(story)];
}

/** Half the highest of the roles' tension and half its mean, as the director takes it. */
function tensionOf(story) {
  const all = story.roles.map((role) => story.viewer.fact(`director.tension.${role.id}`)).filter((one) => typeof one === "number");
  if (!all.length) return 0;
  return (Math.max(...all) + all.reduce((sum, one) => sum + one, 0) / all.length) / 2;
}

render(html`<${ClassPage} />`, document.getElementById("page"));
