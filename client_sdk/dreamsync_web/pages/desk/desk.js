// The desk: a person's power over a world. What is live, what is near and why not yet, who has had no light.

import {
  html, keep, langOf, placeHere, reach, recall, render, sayingOf, speakHere, t, useEffect, useNews, useRef, useState, wantedLang,
} from "../shared/house.js";
import { Cover, linksOf, playLink } from "../shared/opening.js";
import { Flow } from "../stage/flow.js";
import { Story } from "../stage/story.js";
import { useWhy } from "./asking.js";
import { Beats, useWhys } from "./beats.js";
import { Curve } from "./curve.js";
import { Director } from "./director.js";
import { Graph, useGraph } from "./graph.js";
import { Clocks, Facts, Links, Whisper } from "./parts.js";
import { Reports, useReports } from "./reports.js";
import { People, Seats } from "./seats.js";
import { Timeline } from "./timeline.js";

const PEOPLE_MS = 4000;
const TOAST_MS = 5000;
const PANES = [["light", "People"], ["live", "Live"], ["near", "Near"]]; // on a phone: one at a time
const SIGHTS = [["live", "Live"], ["graph", "Story"], ["curve", "Tension"], ["past", "Past"], ["facts", "Facts"]];

function DeskPage() {
  const [step, setStep] = useState({ at: "reaching" });
  useEffect(() => {
    sitDown(setStep);
    addEventListener("hashchange", () => location.reload());
  }, []);
  if (step.at === "sitting") return html`<${Desk} story=${step.story} place=${step.place} />`;
  if (step.at === "open") return html`<${OpenOne} dream=${step.dream} packs=${step.packs} problem=${step.problem} />`;
  return html`<main class="door"><p class="faint" role="status">${t("Sitting down …")}</p></main>`;
}

/** With a token in the address: to its desk. Without: to opening a world. */
async function sitDown(setStep) {
  const place = placeHere();
  let dream;
  try {
    await speakHere(wantedLang());
    dream = await reach("desk");
    if (place?.secret) {
      const story = new Story(place.world);
      story.viewer = await dream.desk(place.world, { token: place.secret, name: recall("name") || t("the desk") }, story.take);
      document.title = `${t("The desk")}: ${story.viewer.world.title}`;
      await speakHere(langOf(story.viewer.world));
      setStep({ at: "sitting", story, place });
      recount(story);
      return;
    }
    setStep({ at: "open", dream, packs: (await dream.list()).packs });
  } catch (error) {
    const packs = dream ? (await dream.list().catch(() => ({ packs: [] }))).packs : [];
    setStep({ at: "open", dream, packs, problem: sayingOf(error) });
  }
}

/** Tell what has happened so far: whoever sits down late sees what the story has come to. */
async function recount(story) {
  const { viewer } = story;
  const moment = await viewer.look(viewer.position[1]).catch(() => null);
  if (moment?.lines) story.precede(moment.lines);
}

function OpenOne({ dream, packs, problem }) {
  const open = async (pack, options) => {
    const made = await dream.createWorld(pack, options);
    keep(`links.${made.world}`, linksOf(made));
    return made;
  };
  return html`<main class="home"><h1>${t("The desk")}</h1>
    <p>${t("From here a person leads a world: sees who is in it and what is near, brings story events in, whispers, pauses.")} ${" "}
      ${t("A desk opens with its own link, which is given once, to who opens the world.")}</p>
    ${problem && html`<p class="problem" role="alert">${problem}</p>`}
    <div class="covers">${packs.map((pack, i) => html`<${Cover} key=${pack.id} pack=${pack} open=${open} hue=${232 + i * 40} />`)}</div></main>`;
}

/** Return the links that lead others in: from the desk's own address, or a public world's. */
function linksHere(story, place) {
  const isPrivate = story.viewer.world.is_private;
  const play = place.invite || !isPrivate ? playLink(place.world, place.invite) : recall(`links.${place.world}`)?.play ?? "";
  return { play, code: place.code };
}

function Desk({ story, place }) {
  useNews(story.listen);
  const [toast, setToast] = useState(null);
  const [sight, setSight] = useState("live");
  const [picked, setPicked] = useState("");
  const [pane, setPane] = useState("live");
  const tell = (text, isGood = true) => {
    const mine = { text, isGood };
    setToast(mine);
    setTimeout(() => setToast((now) => (now === mine ? null : now)), TOAST_MS);
  };
  const { intervene, asking, ready, setReady } = useWhy(tell);
  const { viewer } = story;
  const people = usePeople(story);
  const whys = useWhys(viewer);
  const graph = useGraph(viewer);
  const reports = useReports(story);
  const desk = { story, viewer, intervene, people, tell, links: linksHere(story, place) };
  const pick = (beat) => {
    setPicked(picked === beat ? "" : beat);
    if (picked !== beat) setPane("near");
  };
  return html`<div class="desk ${story.isAway ? "is-away" : ""}">
    <${Head} desk=${desk} why=${ready} setWhy=${setReady} />
    ${viewer.packFaults && html`<details class="pack-faults" role="alert" open><summary>${t("The files of this world have a fault; it goes on as it was.")}</summary>
      <pre dir="ltr">${viewer.packFaults}</pre></details>`}
    <div class="pane-tabs" role="group" aria-label=${t("What to see")}>${PANES.map(([id, label]) => html`<button type="button" key=${id}
      data-pane=${id} aria-pressed=${pane === id} onClick=${() => setPane(id)}>${t(label)}${id === "light" && reports.length > 0 && html` <b class="count">${reports.length}</b>`}</button>`)}</div>
    <main class="desk-panes shows-${pane}">
      <section class="pane light" aria-label=${t("Who has had no light")}><${Reports} desk=${desk} reports=${reports} />
        <${Seats} desk=${desk} /><${People} desk=${desk} /><${Whisper} desk=${desk} /><${Links} desk=${desk} /></section>
      <section class="pane live" aria-label=${t("Live")}>
        <div class="sights" role="group" aria-label=${t("What to see")}>${SIGHTS.map(([id, label]) => html`<button type="button" key=${id}
          aria-pressed=${sight === id} data-sight=${id} onClick=${() => setSight(id)}>${t(label)}</button>`)}</div>
        ${sight === "live" && html`<${Flow} story=${story} />`}
        ${sight === "graph" && html`<${Graph} graph=${graph} story=${story} whys=${whys} pick=${pick} picked=${picked} />`}
        ${sight === "curve" && html`<${Curve} story=${story} graph=${graph} />`}
        ${sight === "past" && html`<${Timeline} desk=${desk} />`}
        ${sight === "facts" && html`<${Facts} desk=${desk} />`}
      </section>
      <section class="pane near" aria-label=${t("What is near, and why not yet")}><${Clocks} desk=${desk} />
        <${Beats} desk=${desk} whys=${whys} graph=${graph} picked=${picked} unpick=${() => setPicked("")} /><${Director} desk=${desk} /></section>
    </main>
    ${asking}
    <div class="toasts" role="status">${toast && html`<p class=${toast.isGood ? "toast" : "toast bad"}>${toast.text}</p>`}</div>
    ${story.isAway && html`<div class="away" role="alert"><p>${t("The line is gone; it is being sought again.")}</p></div>`}
    ${story.over && html`<div class="away" role="alert"><p>${story.over.error ? sayingOf(story.over.error) : t("This world is closed.")}</p></div>`}
  </div>`;
}

function Head({ desk: { story, viewer, intervene }, why, setWhy }) {
  const isPaused = viewer.fact("paused") === true;
  const ending = viewer.fact("ending");
  const state = ending ? t("ended: {ending}", { ending: story.words("ending", ending) })
    : t(isPaused ? "paused" : viewer.isRunning ? "running" : "asleep");
  return html`<header class="topbar">
    <a class="mark" href="/" aria-label="Dreamsync"><svg viewBox="0 0 64 64" aria-hidden="true"><path d="M43 10a25 25 0 1 0 10 36A21 21 0 0 1 43 10z"/></svg></a>
    <h1 class="where"><b>${story.chapter || viewer.world.title}</b><span>${viewer.world.title} · ${state}</span></h1>
    <p class="why-field"><label class="visually-hidden" for="why">${t("A word of why")}</label>
      <input id="why" maxlength="200" dir="auto" placeholder=${t("A word of why for what you do next")} value=${why} onInput=${(event) => setWhy(event.target.value)} /></p>
    <nav aria-label=${t("The world")}>${isPaused
    ? html`<button type="button" class="primary" onClick=${() => intervene(t("Go on"), (word) => viewer.resume(word))}>${t("Go on")}</button>`
    : html`<button type="button" onClick=${() => intervene(t("Pause"), (word) => viewer.pause(word))}>${t("Pause")}</button>`}</nav>
  </header>`;
}

function usePeople(story) {
  const [people, setPeople] = useState([]);
  const alive = useRef(true);
  useEffect(() => {
    const look = async () => {
      if (document.hidden || !story.viewer.isLive) return;
      const found = await story.viewer.people().catch(() => null);
      if (found && alive.current) setPeople(found);
    };
    look();
    story.onPeople = look;
    const timer = setInterval(look, PEOPLE_MS);
    return () => {
      alive.current = false;
      clearInterval(timer);
    };
  }, []);
  return people;
}

render(html`<${DeskPage} />`, document.getElementById("page"));
