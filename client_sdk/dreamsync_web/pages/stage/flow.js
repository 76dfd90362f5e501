// The story as it is told: speech and narration, read aloud by who listens instead of looking.

import { html, useEffect, useRef } from "../shared/house.js";

const NEAR_END = 80; // pixels from the end at which the flow follows what comes

/** The flow of lines; keeps to its end unless somebody has scrolled back. */
export function Flow({ story }) {
  const place = useRef(null);
  const isAtEnd = useRef(true);
  const count = story.lines.at(-1)?.id ?? 0;
  useEffect(() => {
    const { current } = place;
    if (current && isAtEnd.current) current.scrollTop = current.scrollHeight;
  }, [count]);
  useEffect(() => {
    const watcher = new ResizeObserver(() => {
      if (isAtEnd.current) place.current.scrollTop = place.current.scrollHeight;
    });
    watcher.observe(place.current);
    return () => watcher.disconnect();
  }, []);
  const onScroll = ({ currentTarget }) => {
    isAtEnd.current = currentTarget.scrollHeight - currentTarget.scrollTop - currentTarget.clientHeight < NEAR_END;
  };
  const lines = story.lines.filter((line) => !story.muted.has(line.who));
  return html`<section class="flow" aria-label="The story so far" ref=${place} onScroll=${onScroll} tabindex="0">
    <div role="log" aria-live="polite" aria-relevant="additions">
      ${lines.length === 0 && html`<p class="line told faint">It is quiet. Something is about to begin.</p>`}
      ${lines.map((line) => html`<${Line} key=${line.id} line=${line} story=${story} />`)}
    </div>
  </section>`;
}

function Line({ line, story }) {
  const { kind, who, text, reach } = line;
  const mine = who && who === story.viewer?.seat;
  const isPrivate = reach === "private";
  const classes = `line ${kind}${mine ? " mine" : ""}${isPrivate ? " private" : ""}${line.isMissed ? " missed" : ""}`;
  if (kind === "said") {
    return html`<p class=${classes} style=${{ "--hue": story.hue(who) }}>
      <b class="who">${mine ? "You" : line.who_name || story.nameOf(who)}</b>
      ${isPrivate && html`<i class="aside"> ${mine ? "in private" : "to you"}</i>`}
      <q>${text}</q></p>`;
  }
  if (kind === "place") return html`<p class=${classes}><b>${line.name}</b>${text}</p>`;
  if (kind === "chapter") return html`<h3 class=${classes}>${text}</h3>`;
  if (kind === "gap") return html`<p class="line gap"><span>${text}</span></p>`;
  if (kind === "whisper") return html`<p class=${classes}><i class="aside">A whisper, to you alone</i> ${text}</p>`;
  const isAside = isPrivate && !story.viewer?.seat; // at the desk: not everybody read this
  return html`<p class=${classes}>${isAside && html`<i class="aside">in private </i>`}${text}</p>`;
}
