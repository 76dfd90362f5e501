// The stage while it is played: picture, story, what I may do, what is kept by me.

import { html, keep, recall, sayingOf, speakHere, t, useEffect, useNews, useRef, useState, wantedLang } from "../shared/house.js";
import { Doings } from "./actions.js";
import { Flow } from "./flow.js";
import { Minding } from "./minding.js";
import { OwnPanel, WorldPanel } from "./panels.js";
import { Picture } from "./picture.js";

const TOAST_MS = 5000;
const SETTLED_MS = 3500; // into a scene, before its picture is kept
const KEYS = {
  ArrowLeft: "left", ArrowRight: "right", ArrowUp: "far", ArrowDown: "near",
  a: "left", d: "right", w: "far", s: "near",
};
const TABS = [["do", "Act"], ["world", "World"], ["own", "Yours"]];

export function Play({ story }) {
  useNews(story.listen);
  const [tab, setTab] = useState("do");
  const [toast, setToast] = useState(null);
  const [watched, setWatched] = useState("");
  const [isPeopleOpen, setPeopleOpen] = useState(false);
  const [minded, setMinded] = useState(null);
  const sound = useSound(story);
  const { viewer } = story;
  const scene = story.sceneHere(watched);

  const tell = (text, isGood = false) => {
    const mine = { text, isGood };
    setToast(mine);
    setTimeout(() => setToast((now) => (now === mine ? null : now)), TOAST_MS);
  };
  const propose = async (doing) => {
    try {
      const outcome = await doing();
      if (!outcome.ok) tell(outcome.text || t("That cannot be done now."));
      return outcome;
    } catch (error) {
      tell(sayingOf(error));
      return null;
    }
  };
  const act = (offer, params) => propose(() => viewer.act(offer.id, params));
  const go = (to) => propose(() => viewer.act("go", { to }));
  const report = async (line, why) => (await propose(() => viewer.report(line, why)))?.ok === true;
  const choose = (choice, option) => propose(() => viewer.choose(choice.id, option.id));

  const classes = ["stage", scene.layer, story.isAway ? "is-away" : "", `tab-${tab}`].join(" ");
  return html`<div class=${classes}>
    <${TopBar} story=${story} sound=${sound} propose=${propose} openPeople=${() => setPeopleOpen(true)} />
    <main class="play">
      <${Scene} story=${story} scene=${scene} go=${go} watched=${watched} setWatched=${setWatched} />
      <div class="side">
        <${Flow} story=${story} mind=${viewer.seat ? setMinded : undefined} />
        <div class="tabs" role="group" aria-label=${t("What to see")}>
          ${TABS.map(([id, label]) => html`<button type="button" key=${id} aria-pressed=${tab === id}
            onClick=${() => setTab(id)}>${t(label)}${id === "do" && viewer.choices.length > 0 && html`<i class="dot"></i>`}</button>`)}
        </div>
        ${viewer.seat ? html`<${Doings} story=${story} act=${act} choose=${choose} />`
    : html`<${Onlooker} story=${story} propose=${propose} />`}
      </div>
      <div class="panels">
        <${WorldPanel} story=${story} />
        <${OwnPanel} story=${story} />
      </div>
    </main>
    <div class="toasts" role="status">${toast && html`<p class="toast">${toast.text}</p>`}</div>
    ${story.isAway && html`<div class="away" role="alert">
      <p>${t("The line is gone. The world goes on, and so will you: what you miss is kept for you.")}</p>
      <button type="button" class="quiet" onClick=${() => viewer.connection.hurry()}>${t("Try now")}</button></div>`}
    ${story.recap && html`<${Recap} story=${story} />`}
    ${story.ending && html`<${Ending} story=${story} />`}
    ${story.over && !story.ending && html`<${Over} story=${story} />`}
    ${minded && html`<${Minding} line=${minded} story=${story} close=${() => setMinded(null)} report=${report} />`}
    ${isPeopleOpen && html`<${People} story=${story} close=${() => setPeopleOpen(false)} propose=${propose} />`}
  </div>`;
}

function TopBar({ story, sound, propose, openPeople }) {
  const { viewer } = story;
  const isPaused = viewer.fact("paused") === true;
  const mine = viewer.seat && story.nameOf(viewer.seat);
  return html`<header class="topbar">
    <a class="mark" href="/" aria-label="Dreamsync"><svg viewBox="0 0 64 64" aria-hidden="true"><path d="M43 10a25 25 0 1 0 10 36A21 21 0 0 1 43 10z"/></svg></a>
    <p class="where"><b>${story.chapter || viewer.world.title}</b><span>${viewer.world.title}</span></p>
    ${mine && html`<p class="me" style=${{ "--hue": story.hue(viewer.seat) }}>${t("You are {role}", { role: mine })}</p>`}
    <nav>
      ${isPaused && html`<button type="button" class="primary" onClick=${() => propose(() => viewer.unpause())}>${t("Go on")}</button>`}
      ${!isPaused && viewer.seat && viewer.world.has_safety_pause && html`<button type="button" class="quiet"
        title=${t("Stop the world for everybody, for a moment")} onClick=${() => propose(() => viewer.pause())}>${t("Pause")}</button>`}
      <button type="button" class="quiet icon" aria-pressed=${sound.isOn} onClick=${sound.toggle} aria-label=${t("Sound")}>${sound.isOn ? "♪" : html`<s>♪</s>`}</button>
      <button type="button" class="quiet" onClick=${openPeople}>${t("People")}</button>
    </nav>
  </header>`;
}

/** The picture, with what a person who does not see it needs to know in words. */
function Scene({ story, scene, go, watched, setWatched }) {
  const canvas = useRef(null);
  const picture = useRef(null);
  const { viewer } = story;
  useEffect(() => {
    picture.current = new Picture(canvas.current, { onPose: (x, y, facing) => viewer.seat && viewer.pose(x, y, facing) });
    story.onPoses = (told) => {
      if (told.scene !== picture.current.sceneId) return;
      const { poses } = told;
      picture.current.pose(poses);
      // Some are known by where they stand alone.
      if (poses.some(([seat]) => !picture.current.standsAt(seat))) story.changed();
    };
    return () => picture.current.stop();
  }, []);
  const people = story.peopleIn(scene.id);
  const things = story.thingsIn(scene.id);
  useEffect(() => {
    const { current } = picture;
    current.onDoor = go;
    current.isAway = story.isAway;
    current.show(scene);
    current.gather(people);
    current.lay(things);
    story.onEvent = (event) => {
      if (event.kind === "said") current.say(event.who, event.text);
      if (event.kind === "beat" || event.kind === "ending" || event.kind === "chapter") current.beat();
      story.onSound?.(event);
    };
  });
  useEffect(() => {
    picture.current.pose(viewer.posesIn(scene.id));
    const timer = setTimeout(() => {
      if (picture.current) story.picture(scene.id, picture.current.keepsake());
    }, SETTLED_MS);
    return () => clearTimeout(timer);
  }, [scene.id]);
  const onKey = (event) => {
    const direction = KEYS[event.key];
    if (!direction || event.ctrlKey || event.metaKey || event.altKey) return;
    picture.current.steer(direction, event.type === "keydown");
    event.preventDefault();
  };
  const onPointer = (event) => {
    if (!viewer.seat) return;
    const box = canvas.current.getBoundingClientRect();
    picture.current.point(event.clientX - box.left, event.clientY - box.top);
  };
  const onLook = (event) => {
    const box = canvas.current.getBoundingClientRect();
    canvas.current.classList.toggle("at-door", Boolean(picture.current.doorAt(event.clientX - box.left, event.clientY - box.top)));
  };
  const scenes = Object.entries(story.names.scenes);
  const others = people.filter((figure) => !figure.isMe).map((figure) => figure.name);
  return html`<section class="scene" aria-label=${scene.name}>
    <div class="frame" tabindex="0" role="group" aria-label=${t("The place. Arrow keys move you about.")}
        onKeyDown=${onKey} onKeyUp=${onKey} onBlur=${() => ["left", "right", "far", "near"].forEach((way) => picture.current.steer(way, false))}>
      <canvas ref=${canvas} aria-hidden="true" onPointerDown=${onPointer} onPointerMove=${onLook}></canvas>
    </div>
    <div class="caption"><h1>${scene.name}</h1></div>
    <p class="visually-hidden">${others.length ? t("Here with you: {names}.", { names: others.join(", ") }) : t("Nobody else is here.")}
      ${things.length ? ` ${t("Here lies: {things}.", { things: things.map((thing) => thing.name).join(", ") })}` : ""}
      ${scene.layer === "dream" ? ` ${t("This is a dream.")}` : ""}</p>
    ${!viewer.seat && scenes.length > 1 && html`<div class="looks" role="group" aria-label=${t("Where to look")}>
      ${scenes.map(([id, card]) => html`<button type="button" key=${id} aria-pressed=${id === scene.id} onClick=${() => setWatched(id)}>${card.name}</button>`)}</div>`}
    ${story.caption && html`<p class="beat-caption" key=${story.caption.id} aria-hidden="true"><span>${story.caption.text}</span></p>`}
  </section>`;
}

/** Who holds no role: what is free may be taken. */
function Onlooker({ story, propose }) {
  const { viewer } = story;
  const free = story.roles.filter((role) => !role.seats && viewer.fact(`${role.id}.held`) !== "player");
  const isPlayer = viewer.mirror.as === "player";
  return html`<section class="doings"><h2>${isPlayer ? t("You look on") : t("You watch")}</h2>
    <p class="faint">${isPlayer ? t("Nobody knows you yet. Take a role, or sit and see.")
    : t("Nobody here knows that you are looking. To take part, come in by the door.")}</p>
    ${isPlayer && html`<div class="actions">${free.map((role) => html`<button type="button" class="action" key=${role.id}
      onClick=${() => propose(() => viewer.claim(role.id))}>${t("Be {role}", { role: role.name })}</button>`)}</div>`}</section>`;
}

function useDialog(close) {
  const place = useRef(null);
  useEffect(() => {
    place.current.showModal();
    place.current.scrollTop = 0; // the first button, below a long text, has taken the focus
  }, []);
  return { ref: place, onClose: close, onCancel: close };
}

/** What the role knows of what happened before one came, or while one could not be told. */
function Recap({ story }) {
  const close = () => story.dismissRecap();
  const lines = story.recap.slice(-14);
  return html`<dialog class="paper recap" ...${useDialog(close)} aria-labelledby="recap-title">
    <h2 id="recap-title">${t("Until now")}</h2>
    <div class="recap-lines">${lines.map((line, i) => html`<p key=${i}>${line}</p>`)}</div>
    <p class="end"><button class="primary" onClick=${close}>${t("Go in")}</button></p></dialog>`;
}

function Ending({ story }) {
  const [isLate, setLate] = useState(false);
  const [isClosed, setClosed] = useState(false);
  const [isMissed, setMissed] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 1800);
    return () => clearTimeout(timer);
  }, []);
  const title = story.words("ending", story.viewer.fact("ending") ?? "");
  const save = async () => {
    try {
      const { saveKeepsake } = await import("./keepsake.js");
      saveKeepsake(story);
      setMissed(false);
    } catch {
      setMissed(true);
    }
  };
  if (!isLate) return null;
  if (isClosed) return html`<p class="again"><button type="button" class="primary" onClick=${() => setClosed(false)}>${t("How it ended")}</button></p>`;
  return html`<dialog class="ending" ...${useDialog(() => setClosed(true))} aria-labelledby="ending-title">
    <p class="faint">${t("The end")}</p><h2 id="ending-title">${title || story.viewer.world.title}</h2>
    <div class="ending-text">${story.endingWords().map((text, i) => html`<p key=${i}>${text}</p>`)}</div>
    <p class="end"><button class="primary" onClick=${save}>${t("Keep this evening")}</button>
      <button class="quiet" onClick=${() => setClosed(true)}>${t("Look back")}</button>
      <a class="button quiet" href="/">${t("Leave")}</a></p>
    ${isMissed && html`<p class="problem" role="alert">${t("The line is down. Try again in a moment.")}</p>`}
    <p class="faint small">${t("One page, yours, made here and kept nowhere else: who was there, the way you went, what was said.")}</p></dialog>`;
}

function Over({ story }) {
  const { error } = story.over;
  return html`<dialog class="paper" ...${useDialog(() => {})} aria-labelledby="over-title">
    <h2 id="over-title">${error ? t("You are out of the story") : t("You have left the story")}</h2>
    <p>${error ? sayingOf(error) : t("It goes on without you, or it has been closed.")}</p>
    <p class="end"><button class="primary" onClick=${() => location.reload()}>${t("Come in again")}</button> <a class="button" href="/">${t("Leave")}</a></p></dialog>`;
}

/** Who is here, whom not to hear, and the way out. */
function People({ story, close, propose }) {
  const { viewer } = story;
  const roles = story.roles.filter((role) => !role.seats);
  const held = { understudy: "an understudy keeps it warm", nobody: "nobody plays" };
  return html`<dialog class="people" ...${useDialog(close)} aria-labelledby="people-title">
    <h2 id="people-title">${t("People")}</h2>
    <ul>${roles.map((role) => {
    const state = viewer.fact(`${role.id}.held`) ?? role.held ?? "nobody";
    const player = viewer.fact(`${role.id}.player`);
    return html`<li key=${role.id} style=${{ "--hue": story.hue(role.id) }}>
        <b>${role.name}</b> <span>${role.id === viewer.role ? t("you") : state !== "player" ? t(held[state]) : player ? t("played by {player}", { player }) : t("somebody plays")}</span>
        ${role.id !== viewer.role && html`<button type="button" class="quiet" aria-pressed=${story.muted.has(role.id)}
          onClick=${() => story.mute(role.id)}>${story.muted.has(role.id) ? t("Hear again") : t("Do not hear")}</button>`}</li>`;
  })}</ul>
    <${Languages} story=${story} />
    <p class="end">
      ${viewer.seat && html`<button class="quiet" onClick=${() => { close(); propose(() => viewer.release()); }}>${t("Give the role back")}</button>`}
      <button class="quiet" onClick=${() => { keep(`seat.${story.world}`, null); viewer.leave(); }}>${t("Leave the world")}</button>
      <button class="primary" onClick=${close}>${t("Close")}</button></p></dialog>`;
}

const LANGUAGES_OF_CHROME = ["en", "de"];

/** The world's languages, and the page's own where the world has not got them. */
function Languages({ story }) {
  const { viewer } = story;
  const langs = [...new Set([...(viewer.world.languages ?? []), ...LANGUAGES_OF_CHROME])];
  const speak = async (lang) => {
    keep("lang", lang);
    const now = await viewer.speak(lang).catch(() => document.documentElement.lang); // the line is down
    await speakHere(now);
    story.changed();
  };
  return html`<div class="languages" role="group" aria-label=${t("Language")}>${langs.map((lang) => html`<button type="button" class="quiet" key=${lang}
    lang=${lang} aria-pressed=${wantedLang().slice(0, 2) === lang} onClick=${() => speak(lang)}>${nameOfLanguage(lang)}</button>`)}</div>`;
}

function nameOfLanguage(lang) {
  try {
    return new Intl.DisplayNames([lang], { type: "language" }).of(lang);
  } catch {
    return lang; // one that the browser does not know
  }
}

function useSound(story) {
  const [isOn, setOn] = useState(recall("sound") ?? true);
  const bell = useRef(null);
  useEffect(() => {
    story.onSound = async (event) => {
      if (!isOn) return;
      try {
        bell.current ??= await import("./sound.js");
      } catch {
        return; // the line is down: this one is not heard, the next one tries again
      }
      bell.current.ring(event);
    };
  }, [isOn]);
  const toggle = () => {
    keep("sound", !isOn);
    setOn(!isOn);
  };
  return { isOn, toggle };
}
