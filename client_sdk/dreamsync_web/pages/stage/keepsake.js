// The keepsake: one HTML file, built here, with who was there, the way that was gone, what was said.

import { t } from "../shared/house.js";

const STYLE = `body{margin:0;background:#12152a;color:#ece7f4;font:1.08rem/1.7 "Iowan Old Style","Palatino Linotype",Palatino,Georgia,serif}
main{max-width:42rem;margin:auto;padding:4rem 1.25rem}h1{font-weight:400;font-size:2.6rem;line-height:1.1;margin:.2em 0}
h2{font-weight:400;color:#ffcf86;margin:3rem 0 1rem;font-size:1.2rem;letter-spacing:.04em}figure{margin:1.5rem 0}
img{width:100%;border-radius:10px;display:block}figcaption,.faint{color:#a9a8c6;font-size:.92rem}
.said b{color:#ffcf86;font-weight:600;margin-inline-end:.4em}.told{font-style:italic;color:#cfcbe6}
.beat,.ending{border-inline-start:2px solid #ffcf86;padding-inline-start:1rem}.chapter{font-size:1.4rem;margin:3rem 0 1rem}
blockquote{margin:1rem 0;font-size:1.25rem}li{margin:.3rem 0}`;

/** Build the page of a story, and hand it to the browser to keep. */
export function saveKeepsake(story) {
  const { lang, dir } = document.documentElement;
  const page = document.implementation.createHTMLDocument("");
  const main = page.body.appendChild(page.createElement("main"));
  write(page, main, story);
  // The look is put in as text at the end: as an element, this page's own policy would speak up.
  const text = `<!doctype html><html lang="${lang}" dir="${dir || "ltr"}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">${page.querySelector("title").outerHTML}
<style>${STYLE}</style></head><body>${main.outerHTML}</body></html>`;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/html" }));
  link.download = `${story.viewer.world.title.replace(/[^\p{L}\p{N}]+/gu, "-").toLowerCase()}-keepsake.html`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function write(page, main, story) {
  const { title } = story.viewer.world;
  const ending = story.words("ending", story.viewer.fact("ending") ?? "");
  page.title = `${title}: ${ending}`;
  const put = (tag, text, name = "") => {
    const made = main.appendChild(page.createElement(tag));
    made.textContent = text;
    if (name) made.className = name;
    return made;
  };
  put("p", new Date().toLocaleDateString(document.documentElement.lang, { dateStyle: "long" }), "faint");
  put("h1", title);
  if (ending) put("p", ending, "chapter");
  for (const text of story.endingWords()) put("blockquote", text);
  put("h2", t("Who was there"));
  const list = put("ul", "");
  for (const { name, player } of story.cast.values()) {
    list.appendChild(page.createElement("li")).textContent = t("{name}, played by {player}", { name, player });
  }
  if (story.cast.size === 0) put("p", t("Nobody gave a name."), "faint");
  put("h2", t("The way you went"));
  for (const stop of story.path) walk(page, put, stop);
  put("h2", t("What was said"));
  for (const line of story.lines) speak(page, put, line);
  put("p", t("Kept by you, and nowhere else."), "faint");
}

function walk(page, put, stop) {
  const figure = put("figure", "");
  if (stop.image) {
    const image = figure.appendChild(page.createElement("img"));
    image.src = stop.image;
    image.alt = stop.name;
  }
  figure.appendChild(page.createElement("figcaption")).textContent = stop.name;
}

function speak(page, put, line) {
  if (line.kind === "note" || line.kind === "gap" || line.kind === "place" || line.kind === "seat" || line.kind === "role") return;
  if (line.kind !== "said") return void put("p", line.text, line.kind);
  const made = put("p", "", "said");
  made.appendChild(page.createElement("b")).textContent = line.who_name || line.who;
  made.appendChild(page.createTextNode(line.text));
}
