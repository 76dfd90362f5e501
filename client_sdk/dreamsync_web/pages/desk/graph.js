// The story as a graph: a column a chapter, the past lit, what could come now glowing.

import { html, t, useEffect, useState } from "../shared/house.js";

const AGAIN_MS = 2000;
const [WIDE, HIGH, GAP_X, GAP_Y, TOP] = [168, 46, 54, 12, 40];

/**
 * Ask how the beats lead to one another, until it is told: a node works it out once, and slowly.
 * Asked again whenever the whole view came anew: in another language, or under a changed pack.
 */
export function useGraph(viewer) {
  const [graph, setGraph] = useState(null);
  const { names } = viewer;
  useEffect(() => {
    let isGone = false;
    let timer = 0;
    const ask = async () => {
      const found = await viewer.graph().catch(() => null);
      if (isGone) return;
      if (found) setGraph(found);
      else timer = setTimeout(ask, AGAIN_MS);
    };
    ask();
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [names]);
  return graph;
}

function columnsOf(graph) {
  const columns = graph.chapters.map((chapter) => ({ title: chapter.title || chapter.id, id: chapter.id, nodes: [] }));
  const other = { title: t("any time"), id: "", nodes: [] };
  const endings = { title: t("endings"), id: "ending", nodes: [] };
  for (const node of graph.nodes) {
    const own = columns.find((column) => column.id === node.chapter);
    (node.kind === "ending" ? endings : own ?? other).nodes.push(node);
  }
  return [...columns, other, endings].filter((column) => column.nodes.length);
}

/** `pick(beat)` is called with the beat that is wanted nearer. */
export function Graph({ graph, story, whys, pick, picked }) {
  const [over, setOver] = useState("");
  if (!graph) return html`<p class="faint" role="status">${t("Drawing the story …")}</p>`;
  const columns = columnsOf(graph);
  const at = new Map();
  columns.forEach((column, i) => column.nodes.forEach((node, k) => at.set(node.id, [i * (WIDE + GAP_X), TOP + k * (HIGH + GAP_Y)])));
  const high = TOP + Math.max(...columns.map((column) => column.nodes.length)) * (HIGH + GAP_Y);
  const wide = columns.length * (WIDE + GAP_X) - GAP_X;
  const isLit = (id) => (story.viewer.fact(`cued.${id}`) ?? 0) > 0 || story.viewer.fact("ending") === id;
  const near = over || picked;
  const shown = graph.edges.filter(([a, b]) => (isLit(a) && isLit(b)) || a === near || b === near);
  return html`<div class="graph" tabindex="0" role="group" aria-label=${t("The story's beats, by chapter")}><div class="graph-sheet" style=${{ width: `${wide}px`, height: `${high}px` }}>
    <svg width=${wide} height=${high} aria-hidden="true">${shown.map(([a, b]) => html`<path key=${`${a} ${b}`} d=${wayOf(at.get(a), at.get(b))}
      class=${a === near || b === near ? "edge near" : "edge lit"} />`)}</svg>
    ${columns.map((column, i) => html`<h3 key=${column.id} style=${{ insetInlineStart: `${i * (WIDE + GAP_X)}px` }}>${column.title}</h3>`)}
    ${graph.nodes.map((node) => {
    const [x, y] = at.get(node.id);
    const state = isLit(node.id) ? "lit" : whys[node.id]?.code === "ok" ? "ready" : whys[node.id]?.is_held ? "held" : "";
    const words = { lit: t("has come"), ready: t("can come now"), held: t("held") }[state] ?? "";
    return html`<button type="button" key=${node.id} data-node=${node.id} class=${`node ${node.kind} ${state}${node.is_manual ? " manual" : ""}`}
      aria-pressed=${picked === node.id} title=${node.title} style=${{ insetInlineStart: `${x}px`, top: `${y}px` }}
      onClick=${() => pick(node.id)} onMouseEnter=${() => setOver(node.id)} onMouseLeave=${() => setOver("")}
      onFocus=${() => setOver(node.id)} onBlur=${() => setOver("")}><span>${node.title}</span>
      ${words && html`<span class="visually-hidden">, ${words}</span>`}</button>`;
  })}</div></div>`;
}

/** Return the way of an edge, from the side of one to the side of another. */
function wayOf([ax, ay], [bx, by]) {
  const [x1, y1, y2] = [ax + WIDE, ay + HIGH / 2, by + HIGH / 2];
  if (ax === bx) return `M${x1} ${y1}C${x1 + 34} ${y1} ${x1 + 34} ${y2} ${x1} ${y2}`;
  const bend = Math.max(30, Math.abs(bx - x1) / 2);
  return `M${x1} ${y1}C${x1 + bend} ${y1} ${bx - bend} ${y2} ${bx} ${y2}`;
}
