// The report of a class: who was in which world, as whom, what they chose, and how it ended.

import { t } from "../shared/house.js";

const COLUMNS = ["world", "ending", "chapter", "minutes", "person", "roles", "came_min", "left_min", "choices", "chapters", "beats"];
const STYLE = `body{margin:0;background:#fbf8f2;color:#1d2036;font:1rem/1.55 system-ui,sans-serif}main{max-width:62rem;margin:auto;padding:3rem 1.25rem}
h1{font:400 2.3rem/1.15 Georgia,serif;margin:0 0 .2em}h2{font:400 1.35rem/1.2 Georgia,serif;margin:2.4rem 0 .3rem;color:#7a4b00}
.faint{color:#5c607c}table{border-collapse:collapse;width:100%;margin:.6rem 0}th,td{text-align:start;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid #d9d3c4}
ol{padding-inline-start:1.4rem;margin:.4rem 0}li{margin:.15rem 0}@media print{h2{break-after:avoid}tr{break-inside:avoid}}`;
const TOLD = new Set(["chapter", "beat", "ending", "choice", "chosen", "paused", "unpaused", "did"]);

/** Gather the past of every world and hand the report to the browser to keep. */
export async function saveReport(title, stories, kind) {
  const worlds = [];
  for (const story of stories) worlds.push(summaryOf(story, await pastOf(story.viewer)));
  const text = kind === "csv" ? asCsv(worlds) : asPage(title, worlds);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: kind === "csv" ? "text/csv;charset=utf-8" : "text/html" }));
  link.download = `${title.replace(/[^\p{L}\p{N}]+/gu, "-").toLowerCase() || "class"}-report.${kind}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Return all marks of a world's log. */
async function pastOf(viewer) {
  const marks = [];
  let after = 0;
  do {
    const page = await viewer.history(after);
    marks.push(...page.marks);
    after = page.next ?? 0;
  } while (after);
  return marks;
}

/** Return what the report tells of one world. Exported for its test. */
export function summaryOf(story, marks) {
  const { viewer } = story;
  const people = new Map();
  for (const mark of marks) {
    if (!mark.session || mark.by !== "player") continue;
    const person = people.get(mark.session) ?? { name: mark.name, roles: [], cameMs: mark.ms, leftMs: null, chosen: [] };
    people.set(mark.session, person);
    person.name ||= mark.name;
    if (mark.kind === "leave") person.leftMs = mark.ms;
    if (mark.kind === "seat" && mark.what && !person.roles.includes(mark.what)) person.roles.push(mark.what);
    if (mark.kind === "chosen") person.chosen.push(mark.title || mark.what);
  }
  const named = (id) => story.nameOf(id);
  const ending = viewer.fact("ending") || "";
  return {
    title: viewer.world.title,
    ending: ending && story.words("ending", ending),
    chapter: story.words("chapter", viewer.fact("chapter") ?? ""),
    ms: viewer.worldMs,
    people: [...people.values()].map((person) => ({ ...person, roles: person.roles.map(named) })),
    told: marks.filter((mark) => TOLD.has(mark.kind)),
  };
}

const minutes = (ms) => (ms === null ? "" : String(Math.round(ms / 6000) / 10));

/** Return a table, one row for each person of each world. */
export function asCsv(worlds) {
  const rows = [COLUMNS];
  for (const world of worlds) {
    const count = (kind) => String(world.told.filter((mark) => mark.kind === kind).length);
    const same = [world.title, world.ending, world.chapter, minutes(world.ms)];
    for (const person of world.people.length ? world.people : [null]) {
      const own = person ? [person.name || t("no name"), person.roles.join("; "), minutes(person.cameMs), minutes(person.leftMs), person.chosen.join("; ")] : ["", "", "", "", ""];
      rows.push([...same, ...own, count("chapter"), count("beat")]);
    }
  }
  return `\ufeff${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}

/** A cell that no spreadsheet takes for a formula. */
function cell(text) {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Return a page that stands by itself. Everything people wrote is put in as text. */
export function asPage(title, worlds) {
  const { lang, dir } = document.documentElement;
  const page = document.implementation.createHTMLDocument("");
  page.title = title;
  const main = page.body.appendChild(page.createElement("main"));
  const put = (tag, text, to = main) => {
    const made = to.appendChild(page.createElement(tag));
    made.textContent = text;
    return made;
  };
  put("p", new Date().toLocaleString(lang, { dateStyle: "long", timeStyle: "short" })).className = "faint";
  put("h1", title);
  const count = worlds.reduce((sum, world) => sum + world.people.length, 0);
  put("p", t("{worlds} worlds, {people} people.", { worlds: worlds.length, people: count }));
  for (const world of worlds) {
    put("h2", world.title);
    const given = { ending: world.ending, chapter: world.chapter, minutes: minutes(world.ms) };
    put("p", world.ending ? t("It ended with “{ending}” after {minutes} minutes.", given) : t("It has come to “{chapter}” in {minutes} minutes.", given));
    if (world.people.length) tabulate(put, world.people);
    const list = put("ol", "");
    for (const mark of world.told) put("li", [`${minutes(mark.ms)} min`, mark.title || mark.what, mark.name, mark.why].filter(Boolean).join(" · "), list);
  }
  return `<!doctype html><html lang="${lang}" dir="${dir || "ltr"}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">${page.querySelector("title").outerHTML}
<style>${STYLE}</style></head><body>${main.outerHTML}</body></html>`;
}

function tabulate(put, people) {
  const table = put("table", "");
  const head = put("tr", "", table);
  for (const name of ["Person", "Roles", "Came", "Left", "Chose"]) put("th", t(name), head);
  for (const person of people) {
    const row = put("tr", "", table);
    put("td", person.name || t("no name"), row);
    put("td", person.roles.join(", "), row);
    put("td", `${minutes(person.cameMs)} min`, row);
    put("td", person.leftMs === null ? "" : `${minutes(person.leftMs)} min`, row);
    put("td", person.chosen.join("; "), row);
  }
}
