// The timeline: what happened as a slider, how it looked to each, and another world from there.

import { isDrift, isText, valueAt } from "../../sdk/drift.js";
import { clockText, html, sayingOf, t, useEffect, useRef, useState } from "../shared/house.js";
import { Links } from "../shared/opening.js";

const LOOK_MS = 5000; // between two looks for what is new
const REST_MS = 150; // the slider rests so long before a moment is fetched
const TRIES = 6; // a long way back is walked in parts
const SHOWN = 14; // facts at once; all of them on demand
const SIGNS = {
  open: "◦", branch: "⑂", join: "→", leave: "←", seat: "·", chapter: "§", beat: "✶", choice: "?", chosen: "!",
  ending: "■", paused: "‖", unpaused: "▸", did: "✎", erased: "⌫", pack: "⟳", closed: "×",
};
const KINDS = () => ({
  open: t("The world opened"), branch: t("Another world began here"), join: t("came in"), leave: t("left"),
  seat: t("seat"), chapter: t("Chapter"), beat: t("Beat"), choice: t("A choice was put"), chosen: t("Chosen"),
  ending: t("Ending"), paused: t("paused"), unpaused: t("went on"), did: t("stepped in"), erased: t("Words were erased"),
  pack: t("The story's files changed"), closed: t("closed"),
});

/** Marks of the past, read page by page and then followed. */
function useHistory(viewer) {
  const [history, setHistory] = useState({ marks: [], tail: 1, isWhole: false });
  const again = useRef(() => {});
  useEffect(() => {
    let isGone = false;
    let after = 0;
    let marks = [];
    let under = null; // a look that is under way: the next goes on from where it came to
    const look = async () => {
      if (document.hidden || !viewer.isLive) return;
      for (let page = {}; page && !isGone;) {
        page = await viewer.history(after).catch(() => null);
        if (!page || isGone) return;
        marks = [...marks, ...page.marks];
        after = page.next ?? page.tail;
        setHistory({ marks, tail: page.tail, origin: page.origin, isWhole: page.next === undefined });
        if (page.next === undefined) return;
      }
    };
    const lookBehind = () => {
      under = Promise.resolve(under).then(look);
    };
    lookBehind();
    again.current = lookBehind;
    const timer = setInterval(lookBehind, LOOK_MS);
    return () => {
      isGone = true;
      clearInterval(timer);
    };
  }, [viewer]);
  return { ...history, again: () => again.current() };
}

/** How the world was after commit `seq`; {moment, problem}. */
function useMoment(viewer, seq, eyes) {
  const [found, setFound] = useState({});
  const asked = useRef(0);
  useEffect(() => {
    const mine = ++asked.current;
    const isMine = () => mine === asked.current;
    const look = async () => {
      for (let left = TRIES; isMine(); left--) {
        try {
          const moment = await viewer.look(seq, eyes);
          if (isMine()) setFound({ moment });
          return;
        } catch (error) {
          if (!isMine()) return;
          if (error.code !== "starting" || left === 0) {
            setFound({ problem: sayingOf(error) });
            return;
          }
        }
      }
    };
    const timer = setTimeout(look, REST_MS);
    return () => {
      clearTimeout(timer);
      asked.current += 1;
    };
  }, [viewer, seq, eyes]);
  return found;
}

/** A mark in words. */
function said(mark, story) {
  const kind = KINDS()[mark.kind] ?? mark.kind;
  const title = mark.title || (mark.what ? story.nameOf(mark.what).replaceAll("_", " ") : "");
  if (mark.kind === "join") return `${mark.name || t("somebody")} ${kind}${mark.what ? `: ${story.nameOf(mark.what)}` : ""}`;
  if (mark.kind === "leave") return `${nameOf(mark, story) || t("somebody")} ${kind}`;
  if (mark.kind === "seat") return mark.title || `${story.nameOf(mark.what)} (${t(mark.target)})`;
  const of = mark.kind === "did" ? [mark.what, mark.target && story.nameOf(mark.target)].filter(Boolean).join(" ") : title;
  return of ? `${kind}: ${of}` : kind;
}

const nameOf = (mark, story) => mark.name || story.namesOfSessions?.get(mark.session) || "";

function by(mark, story) {
  if (["owner", "player"].includes(mark.by)) return "";
  const name = nameOf(mark, story);
  return name ? `${t(mark.by)} (${name})` : t(mark.by);
}

const shown = (value, ms) => (isDrift(value) ? valueAt(value, ms) : isText(value) ? value.text : Array.isArray(value) ? value.join(", ") : value);

/** The past of the world at this desk. */
export function Timeline({ desk: { story, viewer, intervene, tell } }) {
  const { marks, tail, isWhole, again } = useHistory(viewer);
  const [pick, setPick] = useState({ seq: 0, at: -1 }); // seq 0: the newest
  const [eyes, setEyes] = useState("desk");
  story.namesOfSessions = new Map(marks.filter((mark) => mark.kind === "join").map((mark) => [mark.session, mark.name]));
  const here = pick.seq || tail;
  const isPicked = marks[pick.at]?.seq === here; // several marks may be of one step
  const at = isPicked ? pick.at : Math.max(0, marks.findLastIndex((mark) => mark.seq <= here));
  const mark = marks[at];
  const { moment, problem } = useMoment(viewer, here, eyes);
  const go = (to, index = -1) => setPick({ seq: Math.min(Math.max(1, to), tail), at: index });
  if (marks.length === 0) return html`<p class="faint past" role="status">${t("Looking back …")}</p>`;
  const words = `${clockText(mark.ms)} ${said(mark, story)}`;
  return html`<div class="past">
    <div class="past-head"><label for="past-slider">${t("The past")}</label>
      <select aria-label=${t("Through whose eyes")} data-eyes value=${eyes} onChange=${(event) => setEyes(event.target.value)}>
        <option value="desk">${t("the desk")}</option><option value="watcher">${t("a spectator")}</option>
        ${story.roles.filter((role) => !role.seats).map((role) => html`<option key=${role.id} value=${role.id}>${role.name}</option>`)}</select></div>
    <input id="past-slider" type="range" min="0" max=${marks.length - 1} value=${at} aria-valuetext=${words} aria-busy=${!isWhole}
      onInput=${(event) => go(marks[event.target.valueAsNumber].seq, event.target.valueAsNumber)} />
    <p class="past-step"><button type="button" class="quiet" data-step="back" disabled=${here <= 1} onClick=${() => go(here - 1)}>${t("One step back")}</button>
      <span role="status"><b>${moment ? clockText(moment.ms) : "…"}</b> ${t("step {seq} of {tail}", { seq: here, tail })}</span>
      <button type="button" class="quiet" data-step="on" disabled=${here >= tail} onClick=${() => go(here + 1)}>${t("One step on")}</button></p>
    <${Marks} marks=${marks} at=${at} story=${story} go=${go} />
    ${problem ? html`<p class="problem" role="alert">${problem}</p>` : moment && html`<${Moment} moment=${moment} story=${story} />`}
    <${FromHere} key=${here} viewer=${viewer} seq=${here} isOver=${Boolean(moment?.facts.ending)} />
    <${Erase} mark=${mark} story=${story} viewer=${viewer} intervene=${intervene} tell=${tell} again=${again} />
  </div>`;
}

/** All marks, the one that is looked at in view. */
function Marks({ marks, at, story, go }) {
  const list = useRef(null);
  useEffect(() => {
    const now = list.current?.querySelector("[aria-current]");
    if (now) list.current.scrollTop = now.offsetTop - list.current.offsetTop - list.current.clientHeight / 2;
  }, [at]);
  return html`<ol class="marks" ref=${list} aria-label=${t("What happened")}>${marks.map((mark, i) => html`<li key=${`${mark.seq}.${i}`}>
    <button type="button" class="mark-line" data-mark=${mark.kind} aria-current=${i === at ? "step" : undefined} onClick=${() => go(mark.seq, i)}>
      <span class="faint">${clockText(mark.ms)}</span> <span aria-hidden="true">${SIGNS[mark.kind] ?? "·"}</span> <span dir="auto">${said(mark, story)}</span>
      <span class="faint small" dir="auto">${by(mark, story)}${mark.why ? ` “${mark.why}”` : ""}</span></button></li>`)}</ol>`;
}

/** One moment: where everybody is, what matters, what was last seen. */
function Moment({ moment, story }) {
  const [isAll, setAll] = useState(false);
  const { facts, cards, ms, lines = [] } = moment;
  const scenes = { ...story.names.scenes, ...cards.scenes };
  const labels = { ...story.names.facts, ...cards.facts };
  const people = story.roles.filter((role) => !role.seats && facts[`${role.id}.scene`] !== undefined);
  const told = Object.entries(facts).filter(([name]) => !/\.(scene|held|player)$|^(cued|director|choice)\./.test(name));
  const part = isAll ? told : told.slice(0, SHOWN);
  const word = (name, value) => (typeof value === "string" ? labels[name]?.words?.[value] ?? (value && story.nameOf(value)) : value);
  return html`<div class="moment" data-seq=${moment.position[1]} data-of=${moment.eyes}>
    <h3>${labels.chapter?.words?.[facts.chapter] ?? facts.chapter ?? ""}${facts.ending ? ` · ${t("ended")}` : ""}</h3>
    ${people.length > 0 && html`<ul class="where-all">${people.map((role) => html`<li key=${role.id} style=${{ "--hue": story.hue(role.id) }}><b>${role.name}</b>
      <span>${scenes[facts[`${role.id}.scene`]]?.name ?? story.nameOf(facts[`${role.id}.scene`])}</span>
      <span class="faint small">${t(facts[`${role.id}.held`] ?? "")}</span></li>`)}</ul>`}
    ${lines.length > 0 && html`<div class="past-lines" dir="auto">${lines.slice(-8).map((line) => html`<p key=${line.at.join(".")}>
      <span class="faint small">${clockText(line.ms)}</span> ${line.kind === "said" && line.who_name ? html`<b>${line.who_name}:</b> ` : ""}${line.text}</p>`)}</div>`}
    <dl>${part.map(([name, value]) => html`<div key=${name}><dt>${labels[name]?.label ?? name}</dt><dd dir="auto">${String(word(name, shown(value, ms)))}</dd></div>`)}</dl>
    ${told.length > SHOWN && html`<button type="button" class="quiet" onClick=${() => setAll(!isAll)}>${isAll ? t("Fewer facts") : t("All facts of this moment")}</button>`}
  </div>`;
}

/** Another world that begins here. */
function FromHere({ viewer, seq, isOver }) {
  const [title, setTitle] = useState("");
  const [state, setState] = useState({});
  const submit = async (event) => {
    event.preventDefault();
    setState({ isBusy: true });
    try {
      setState({ made: await viewer.branch(seq, title.trim() || undefined) });
    } catch (error) {
      setState({ problem: sayingOf(error) });
    }
  };
  if (state.made) return html`<${Links} made=${state.made} />`;
  if (isOver) return html`<p class="faint small">${t("The story is over by then: choose an earlier moment to begin a world from.")}</p>`;
  return html`<form class="from-here" onSubmit=${submit}>
    <label for="branch-title">${t("Open a new world from here")}</label>
    <p><input id="branch-title" maxlength="80" dir="auto" placeholder=${t("Its title, such as: What if she had spoken?")} value=${title} onInput=${(event) => setTitle(event.target.value)} />
      <button class="primary" data-branch disabled=${state.isBusy}>${t("Open it")}</button></p>
    ${state.problem && html`<p class="problem" role="alert">${state.problem}</p>`}</form>`;
}

/** Take out what somebody who came in wrote, where they ask for it. */
function Erase({ mark, story, viewer, intervene, tell, again }) {
  if (mark.kind !== "join" || !mark.session || !mark.name) return null;
  const erase = async () => {
    const what = t("Erase what {name} wrote", { name: mark.name });
    await intervene(what, async (word) => {
      const count = await viewer.erase(mark.session, word);
      tell(t("{count} texts erased", { count }));
      mark.name = "";
      again();
      return { ok: true };
    });
  };
  return html`<p><button type="button" class="quiet" data-erase onClick=${erase}>${t("Erase what {name} wrote", { name: mark.name })}</button>
    <span class="faint small">${t("For good: here, and in every node. Other worlds that began here keep theirs.")}</span></p>`;
}
