// The tension of a world over time: what its chapters want, and how it was.

import { clockText, html, t, useEffect, useState } from "../shared/house.js";

const LOOK_MS = 5000;
const NAME_WIDE = 90; // a chapter's name needs so much before the next one on its line
const [WIDE, HIGH, FOOT] = [560, 330, 30];

/** Ask for the curve again and again, while it is looked at. */
export function useTension(viewer) {
  const [points, setPoints] = useState([]);
  useEffect(() => {
    let isGone = false;
    const look = async () => {
      if (document.hidden || !viewer.isLive) return;
      const found = await viewer.tension().catch(() => null);
      if (found && !isGone) setPoints(found);
    };
    look();
    const timer = setInterval(look, LOOK_MS);
    return () => {
      isGone = true;
      clearInterval(timer);
    };
  }, []);
  return points;
}

/** Return the chapter's wanted line from now on, as {ms, wanted}: what is still to come. */
function ahead(graph, points) {
  const last = points.at(-1);
  const chapter = graph?.chapters.find((one) => one.id === last?.chapter);
  const began = points.find((point) => point.chapter === last?.chapter)?.ms ?? 0;
  return (chapter?.curve ?? []).map(([second, level]) => ({ ms: began + second * 1000, wanted: level * 10 }))
    .filter((point) => point.ms > last.ms).slice(0, 4);
}

/** The curve as a picture, and in words for who does not see it. */
export function Curve({ story, graph }) {
  const points = useTension(story.viewer);
  if (points.length === 0) return html`<p class="faint">${t("Nothing has been tense yet.")}</p>`;
  const coming = ahead(graph, points);
  const last = points.at(-1);
  const endMs = Math.max(last.ms + 60_000, coming.at(-1)?.ms ?? 0);
  const x = (ms) => (WIDE * (ms - points[0].ms)) / Math.max(1, endMs - points[0].ms);
  const y = (level) => 8 + (HIGH - FOOT - 8) * (1 - level / 100);
  const line = (list, key) => list.map((point) => `${x(point.ms).toFixed(1)},${y(point[key]).toFixed(1)}`).join(" ");
  const starts = points.filter((point, i) => i === 0 || point.chapter !== points[i - 1].chapter);
  const isTight = (i) => i % 2 === 1 && x(starts[i].ms) - x(starts[i - 1].ms) < NAME_WIDE;
  const name = (id) => graph?.chapters.find((one) => one.id === id)?.title || id;
  const said = t("Tension is {actual} of 100, {wanted} is wanted.", { actual: last.actual, wanted: last.wanted });
  return html`<figure class="curve"><figcaption>${said}</figcaption>
    <svg viewBox=${`0 0 ${WIDE} ${HIGH}`} role="img" aria-label=${said}>
      ${[0, 50, 100].map((level) => html`<line key=${level} class="rule" x1="0" x2=${WIDE} y1=${y(level)} y2=${y(level)} />`)}
      ${starts.map((point, i) => html`<g key=${point.ms}><line class="chapter-rule" x1=${x(point.ms)} x2=${x(point.ms)} y1="0" y2=${HIGH - FOOT} />
        <text x=${x(point.ms) + 5} y=${isTight(i) ? 40 : 20} class="chapter-name">${name(point.chapter)}</text></g>`)}
      <polygon class="actual-fill" points=${`${x(points[0].ms)},${y(0)} ${line(points, "actual")} ${x(last.ms)},${y(0)}`} />
      <polyline class="wanted" points=${line(points, "wanted")} />
      <polyline class="wanted coming" points=${line([last, ...coming], "wanted")} />
      <polyline class="actual" points=${line(points, "actual")} />
      <circle class="now" cx=${x(last.ms)} cy=${y(last.actual)} r="5" />
      ${[0, 0.5, 1].map((share) => html`<text key=${share} class="hour" y=${HIGH - 7} x=${WIDE * share}
        text-anchor=${share === 0 ? "start" : share === 1 ? "end" : "middle"}>${clockText(points[0].ms + (endMs - points[0].ms) * share)}</text>`)}
    </svg>
    <p class="legend small"><span class="key-actual">${t("as it is")}</span> <span class="key-wanted">${t("as it is wanted")}</span></p></figure>`;
}
