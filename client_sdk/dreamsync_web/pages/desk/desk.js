// The desk: a person's power over a world. What is live, who is there, what is near and why not yet.

import { html, keep, placeHere, reach, recall, render, useEffect, useNews, useRef, useState } from "../shared/house.js";
import { Cover, linksOf } from "../shared/opening.js";
import { Flow } from "../stage/flow.js";
import { Story } from "../stage/story.js";
import { Beats } from "./beats.js";
import { Clocks, Facts, Seats, Whisper } from "./parts.js";

const PEOPLE_MS = 4000;
const TOAST_MS = 5000;

function DeskPage() {
  const [step, setStep] = useState({ at: "reaching" });
  useEffect(() => {
    sitDown(setStep);
    addEventListener("hashchange", () => location.reload());
  }, []);
  if (step.at === "sitting") return html`<${Desk} story=${step.story} />`;
  if (step.at === "open") return html`<${OpenOne} dream=${step.dream} packs=${step.packs} problem=${step.problem} />`;
  return html`<main class="door"><p class="faint" role="status">Sitting down …</p></main>`;
}

/** With a token in the address: to its desk. Without: to opening a world. */
async function sitDown(setStep) {
  const place = placeHere();
  let dream;
  try {
    dream = await reach("desk");
    if (place?.secret) {
      const story = new Story(place.world);
      story.viewer = await dream.desk(place.world, { token: place.secret, name: recall("name") || "the desk" }, story.take);
      document.title = `Desk: ${story.viewer.world.title}`;
      setStep({ at: "sitting", story });
      return;
    }
    setStep({ at: "open", dream, packs: (await dream.list()).packs });
  } catch (error) {
    const packs = dream ? (await dream.list().catch(() => ({ packs: [] }))).packs : [];
    setStep({ at: "open", dream, packs, problem: error.text ?? String(error) });
  }
}

function OpenOne({ dream, packs, problem }) {
  const open = async (pack, options) => {
    const made = await dream.createWorld(pack, options);
    keep(`links.${made.world}`, linksOf(made));
    return made;
  };
  return html`<main class="home"><h1>The desk</h1>
    <p>From here a person leads a world: sees who is in it and what is near, brings story events in, whispers, pauses.
    A desk opens with its own link, which is given once, to who opens the world.</p>
    ${problem && html`<p class="problem" role="alert">${problem}</p>`}
    <div class="covers">${packs.map((pack, i) => html`<${Cover} key=${pack.id} pack=${pack} open=${open} hue=${232 + i * 40} />`)}</div></main>`;
}

function Desk({ story }) {
  useNews(story.listen);
  const [why, setWhy] = useState("");
  const [toast, setToast] = useState(null);
  const people = usePeople(story);
  const { viewer } = story;
  const say = (text, isGood = true) => {
    const mine = { text, isGood };
    setToast(mine);
    setTimeout(() => setToast((now) => (now === mine ? null : now)), TOAST_MS);
  };
  /** Do something to the world; each intervention that can carry a word of why does. */
  const intervene = async (what, doing) => {
    try {
      const outcome = await doing(why.trim());
      say(outcome.ok ? `${what}: done.` : `${what}: ${outcome.text || outcome.code}`, outcome.ok);
      if (outcome.ok) setWhy("");
      return outcome.ok;
    } catch (error) {
      say(`${what}: ${error.text ?? error}`, false);
      return false;
    }
  };
  const desk = { story, viewer, why, intervene, people };
  return html`<div class="desk ${story.isAway ? "is-away" : ""}">
    <${Head} desk=${desk} why=${why} setWhy=${setWhy} />
    <main class="desk-panes">
      <div class="pane" aria-label="Who is there"><${Seats} desk=${desk} /><${Whisper} desk=${desk} /><${Invite} story=${story} /></div>
      <div class="pane live"><h2>Live</h2><${Flow} story=${story} /><${Facts} desk=${desk} /></div>
      <div class="pane" aria-label="What is near"><${Clocks} desk=${desk} /><${Beats} desk=${desk} /></div>
    </main>
    <div class="toasts" role="status">${toast && html`<p class=${toast.isGood ? "toast" : "toast bad"}>${toast.text}</p>`}</div>
    ${story.isAway && html`<div class="away" role="alert"><p>The line is gone; it is being sought again.</p></div>`}
    ${story.over && html`<div class="away" role="alert"><p>${story.over.error?.text ?? "This world is closed."}</p></div>`}
  </div>`;
}

function Head({ desk: { story, viewer, intervene }, why, setWhy }) {
  const isPaused = viewer.fact("paused") === true;
  const ending = viewer.fact("ending");
  const state = ending ? `ended: ${story.words("ending", ending)}` : isPaused ? "paused" : viewer.isRunning ? "running" : "asleep";
  return html`<header class="topbar">
    <a class="mark" href="/" aria-label="Dreamsync"><svg viewBox="0 0 64 64" aria-hidden="true"><path d="M43 10a25 25 0 1 0 10 36A21 21 0 0 1 43 10z"/></svg></a>
    <p class="where"><b>${story.chapter || viewer.world.title}</b><span>${viewer.world.title} · ${state}</span></p>
    <p class="why-field"><label class="visually-hidden" for="why">A word of why</label>
      <input id="why" maxlength="200" dir="auto" placeholder="A word of why: it goes into the log with what you do" value=${why} onInput=${(event) => setWhy(event.target.value)} /></p>
    <nav>${isPaused
    ? html`<button type="button" class="primary" onClick=${() => intervene("Go on", () => viewer.resume())}>Go on</button>`
    : html`<button type="button" onClick=${() => intervene("Pause", (word) => viewer.pause(word))}>Pause</button>`}</nav>
  </header>`;
}

function Invite({ story }) {
  const kept = recall(`links.${story.world}`);
  return html`<section class="card"><h2>Links</h2>
    ${kept ? html`<p class="small">To play:</p><input readonly aria-label="The link to play" value=${kept.play} onFocus=${(event) => event.target.select()} />`
    : html`<p class="faint small">The link to a private world was shown when it was opened; a public one is
      <a href=${`/w#${story.world}`}>/w#${story.world}</a>.</p>`}</section>`;
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
    const timer = setInterval(look, PEOPLE_MS);
    return () => {
      alive.current = false;
      clearInterval(timer);
    };
  }, []);
  return people;
}

render(html`<${DeskPage} />`, document.getElementById("page"));
