// The story as it is told: speech and narration, read aloud by who listens instead of looking.

import { html, t, useEffect, useLayoutEffect, useRef, useState } from "../shared/house.js";

const NEAR_END = 80; // pixels from the end at which the flow follows what comes
const SHOWN_MAX = 120; // lines; earlier ones are asked for

/** The flow of lines; keeps to its end unless somebody has scrolled back. `mind(line)`: about one. */
export function Flow({ story, mind }) {
  const [isWhole, setWhole] = useState(false);
  const count = story.lines.at(-1)?.id ?? 0;
  const { place, left, onScroll, follow } = useEnd(count, story.lines.at(-1)?.kind);
  const lines = story.lines.filter((line) => !story.muted.has(line.who));
  const newer = left ? lines.filter((line) => line.id > left).length : 0;
  // While somebody reads further up, no line above them goes: the page would move under their eyes.
  const shown = isWhole ? lines : lines.slice(-(SHOWN_MAX + newer));
  return html`<section class="flow" aria-label=${t("The story so far")} ref=${place} onScroll=${onScroll} tabindex="0">
    <div role="log" aria-live="polite" aria-relevant="additions">
      ${lines.length === 0 && html`<p class="line told faint">${t("It is quiet. Something is about to begin.")}</p>`}
      ${shown.length < lines.length && html`<p class="line" key="earlier"><button type="button" class="quiet" onClick=${() => setWhole(true)}>
        ${t("{n} earlier lines", { n: lines.length - shown.length })}</button></p>`}
      ${shown.map((line) => html`<${Line} key=${line.id} line=${line} story=${story} mind=${mind} />`)}
    </div>
    ${newer > 0 && html`<p class="newer"><button type="button" class="primary" onClick=${follow}>
      ${newer === 1 ? t("One new line") : t("{n} new lines", { n: newer })} <span aria-hidden="true">↓</span></button></p>`}
  </section>`;
}

/**
 * Keep a scrolled place at its end. `left` is the number of the last line that was there when
 * somebody scrolled back, 0 at the end. Only a way back counts: that the end has gone further away
 * says no more than that lines have come, or that something below needs more room.
 */
function useEnd(count, kind) {
  const place = useRef(null);
  const seen = useRef({ top: 0, left: 0 });
  const [left, setLeft] = useState(0);
  const toEnd = () => {
    if (place.current && !seen.current.left) place.current.scrollTop = place.current.scrollHeight;
  };
  const leave = (line) => {
    seen.current.left = line;
    setLeft(line);
  };
  useLayoutEffect(toEnd, [count, kind]);
  useEffect(() => {
    let frame = 0; // with the next one: what is scrolled while it is measured makes browsers complain
    const watcher = new ResizeObserver(() => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(toEnd);
    });
    watcher.observe(place.current);
    return () => {
      cancelAnimationFrame(frame);
      watcher.disconnect();
    };
  }, []);
  const onScroll = ({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
    const isBack = scrollTop < seen.current.top - 1;
    seen.current.top = scrollTop;
    if (scrollHeight - scrollTop - clientHeight < NEAR_END) leave(0);
    else if (isBack && !seen.current.left) leave(count);
  };
  const follow = () => {
    leave(0);
    toEnd();
    place.current.focus();
  };
  return { place, left, onScroll, follow };
}

function Line({ line, story, mind }) {
  const { kind, who, text, reach } = line;
  const mine = who && who === story.viewer?.seat;
  const isPrivate = reach === "private";
  const whom = line.to?.length ? t("to {who} alone", { who: line.to.map((id) => story.nameOf(id)).join(", ") }) : t("in private"); // a desk is told
  const classes = `line ${kind}${mine ? " mine" : ""}${isPrivate ? " private" : ""}${line.isMissed ? " missed" : ""}`;
  if (kind === "said") {
    return html`<p class=${classes} style=${{ "--hue": story.hue(who) }}>
      <b class="who">${mine ? t("You") : line.who_name || story.nameOf(who)}</b>
      ${isPrivate && html`<i class="aside"> ${mine || !story.viewer.seat ? whom : t("to you")}</i>`}
      <q dir="auto">${text}</q>
      ${mind && !mine && line.at[0] > 0 && html`<button type="button" class="quiet about-line" onClick=${() => mind(line)}
        aria-label=${t("About what {name} said", { name: line.who_name || story.nameOf(who) })}>⋯</button>`}</p>`;
  }
  if (kind === "place") return html`<p class=${classes}><b>${line.name}</b>${text}</p>`;
  if (kind === "chapter") return html`<h3 class=${classes}>${text}</h3>`;
  if (kind === "role") {
    return html`<p class=${classes} style=${{ "--hue": story.hue(who) }}><b>${t("You are {role}", { role: line.name })}</b>${text}
      <i>${t("Click in the picture or use the arrow keys to move about. What you can do waits in the buttons.")}</i></p>`;
  }
  if (kind === "intervened") return html`<${Done} line=${line} story=${story} classes=${classes} />`;
  if (kind === "gap") return html`<p class="line gap"><span>${text}</span></p>`;
  if (kind === "whisper") {
    const alone = line.to?.length ? t("A whisper, {whom}", { whom }) : t("A whisper, to you alone");
    return html`<p class=${classes}><i class="aside">${reach === "all" ? t("A whisper, to everybody") : alone}</i> ${text}</p>`;
  }
  const isAside = isPrivate && !story.viewer?.seat; // at the desk: not everybody read this
  return html`<p class=${classes}>${isAside && html`<i class="aside">${whom} </i>`}${text}</p>`;
}

const ACTS = {
  cue: "cued {what}", hold: "held {what}", unhold: "let {what} go", skip: "skipped {what}", whisper: "whispered to {what}",
  remove: "removed somebody", seat: "gave {what} to somebody else", mute: "muted or unmuted somebody",
  muted: "muted {what}", unmuted: "let {what} be heard again", nudge: "nudged {what}",
  pause: "paused the world", unpause: "let the world go on", close: "closed the world", direct: "told the director how to be",
  veto: "kept {what} away for a while",
};

/** What was done at a desk, by whom, and the word of why. */
function Done({ line, story, classes }) {
  const { act, target = "" } = line.args ?? {};
  const known = story.names.facts[`cued.${target}`]?.label ?? story.names.facts[`clock.${target}`]?.label;
  // Whom it muted is told by what they were told with it: the desk's own words name a session.
  const muting = act === "mute" && story.lines.find((one) => one.at?.[0] === line.at[0] && one.to?.length && one.kind.endsWith("muted"));
  const whom = muting ? muting.to[0] : target;
  const what = whom === "all" ? t("everybody") : known && !known.startsWith("cued.") ? known : whom && story.nameOf(whom);
  return html`<p class=${classes}><b>${line.who_name || t("the desk")}</b> ${t(ACTS[muting ? muting.kind : act] ?? act, { what })}${line.text && html`: <q dir="auto">${line.text}</q>`}</p>`;
}
