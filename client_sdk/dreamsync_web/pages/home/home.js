// The first page: what this is, which worlds are open, and opening one of your own.

import { html, isCalm, keep, reach, render, sayingOf, speakHere, t, useEffect, useRef, useState, wantedLang } from "../shared/house.js";
import { Cover } from "../shared/opening.js";

const STATES = { running: "being played", paused: "paused", asleep: "asleep until somebody comes", ended: "ended" };
const COVERS = [232, 268, 330, 198, 24];
const AGAIN_MS = 15_000;
const PHONE_PX = 700;
const NIGHT = { id: "home.street", name: "", layer: "waking", size: [30, 8], exits: [] };
const LANTERNS = [
  { seat: "one", name: "", hue: 34 }, { seat: "two", name: "", hue: 205 }, { seat: "three", name: "", hue: 330 },
];

function Home() {
  const [dream, setDream] = useState(null);
  const [list, setList] = useState(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    let timer = 0;
    (async () => {
      try {
        await speakHere(wantedLang());
        const opened = await reach("home");
        setDream(opened);
        const look = async () => setList(await opened.list());
        await look();
        timer = setInterval(() => look().catch(() => {}), AGAIN_MS);
      } catch (error) {
        setProblem(sayingOf(error));
      }
    })();
    return () => clearInterval(timer);
  }, []);
  const open = async (pack, options) => dream.createWorld(pack, options);
  return html`
    <section class="hero"><${Night} />
      <div class="hero-words"><h1>Dreamsync</h1>
      <p>${t("Stories that several people are in at once. Take a role, say your lines, keep your secrets; the world goes on by itself, and remembers.")}</p>
      ${list?.worlds.length > 0 && html`<p class="step-in"><a class="button primary" href=${`/w#${list.worlds[0].id}`}>
        ${t("Step into {world}", { world: list.worlds[0].title })}</a></p>`}</div></section>
    <main class="home">
      <${Code} dream=${dream} />
      ${problem && html`<p class="problem" role="alert">${problem}</p>`}
      ${list?.worlds.length > 0 && html`<section aria-labelledby="open-title"><h2 id="open-title">${t("Open to everybody")}</h2>
        <ul class="worlds">${list.worlds.map((world) => html`<li key=${world.id}><a href=${`/w#${world.id}`}>
          <b>${world.title}</b><span>${world.about}</span>
          <i>${t(STATES[world.state] ?? "")}${world.people ? ` · ${t("{n} inside", { n: world.people })}` : ""}</i></a></li>`)}</ul></section>`}
      <section aria-labelledby="yours-title"><h2 id="yours-title">${t("Open one of your own")}</h2>
        <p class="faint">${t("For friends, a class, an evening. You get a link to share, and a desk to lead it from.")} ${" "}<a href="/class">${t("For a class: many worlds under one code")}</a></p>
        <div class="covers">${(list?.packs ?? []).map((pack, i) => html`<${Cover} key=${pack.id} pack=${pack} open=${open} hue=${COVERS[i % COVERS.length]} />`)}
        ${!list && !problem && html`<p class="faint" role="status">${t("Looking at the shelf …")}</p>`}</div></section>
      <footer>
        <p>${t("For who builds with it:")} <a href="/lab">${t("the lab")}</a>, <a href="/protocol.json">protocol.json</a>, <a href="/sdk/dreamsync.js">${t("the JavaScript SDK")}</a>. ${" "}
        ${t("In a terminal:")} <code>./dream play ${location.origin}</code></p>
        <p class="faint">${t("No cookies, no accounts, nothing is fetched from anywhere else.")}</p>
        <${Languages} />
      </footer>
    </main>`;
}

const LANGUAGES = [["en", "English"], ["de", "Deutsch"]];

/** The page in another language: loaded anew, since so little is on it. */
function Languages() {
  const speak = (lang) => {
    keep("lang", lang);
    location.reload();
  };
  return html`<p role="group" aria-label=${t("Language")}>${LANGUAGES.map(([lang, name]) => html`<button type="button" class="quiet" key=${lang} lang=${lang}
    aria-pressed=${wantedLang().slice(0, 2) === lang} onClick=${() => speak(lang)}>${name}</button>`)}</p>`;
}

function Code({ dream }) {
  const [problem, setProblem] = useState("");
  const submit = async (event) => {
    event.preventDefault();
    const text = new FormData(event.target).get("code").trim();
    if (text.includes("#")) {
      location.href = `/w#${text.slice(text.indexOf("#") + 1)}`;
      return;
    }
    try {
      const card = await dream.card({ code: text });
      location.href = `/w#${card.id}.${text}`;
    } catch (error) {
      setProblem(sayingOf(error));
    }
  };
  return html`<form class="code-form" onSubmit=${submit}><label for="code">${t("You were given a link or a code?")}</label>
    <div><input id="code" name="code" required autocomplete="off" /><button disabled=${!dream}>${t("Go in")}</button></div>
    ${problem && html`<p class="problem" role="alert">${problem}</p>`}</form>`;
}

/** A street at the blue hour; three people with lanterns, who walk a little. */
function Night() {
  const canvas = useRef(null);
  useEffect(() => {
    let stop = () => {};
    import("../stage/picture.js").then(({ Picture }) => {
      stop = wanderIn(new Picture(canvas.current));
    }).catch(() => {}); // a page without its picture still leads into the worlds
    return () => stop();
  }, []);
  return html`<canvas ref=${canvas} aria-hidden="true"></canvas>`;
}

/** Let the lanterns walk about; return how to end it. */
function wanderIn(picture) {
  picture.show(NIGHT);
  picture.gather(LANTERNS);
  const near = innerWidth < PHONE_PX ? [470, 230] : [110, 260]; // a phone's words stand in front
  const step = () => near[0] + Math.floor(Math.random() * near[1]);
  picture.pose([["one", 1900, near[0] + 90, 90], ["two", 2300, near[0] + 220, 270], ["three", 2550, near[0] + 30, 270]]);
  if (isCalm()) return () => picture.stop();
  const wander = setInterval(() => {
    const { seat } = LANTERNS[Math.floor(Math.random() * LANTERNS.length)];
    picture.pose([[seat, 1800 + Math.floor(Math.random() * 950), step(), Math.random() < 0.5 ? 90 : 270]]);
  }, 4000);
  return () => {
    clearInterval(wander);
    picture.stop();
  };
}

render(html`<${Home} />`, document.getElementById("page"));
