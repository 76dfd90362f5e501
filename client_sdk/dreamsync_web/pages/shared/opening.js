// Opening a world of a pack, and the links that come of it: said once, to be kept.

import { CopyButton, html, sayingOf, t, useState } from "./house.js";

/** Return the addresses of a world that was opened: `play`, and `desk` with all that it hands on. */
export function linksOf(made) {
  const desk = [made.world, made.desk_token, made.invite, made.code].filter(Boolean).join(".");
  return { play: playLink(made.world, made.invite), desk: `${location.origin}/desk#${desk}` };
}

/** Return the address of a world's stage. */
export const playLink = (world, invite) => `${location.origin}/w#${invite ? `${world}.${invite}` : world}`;

/** A pack as the cover of a book, and the way to open a world of it. */
export function Cover({ pack, open, hue }) {
  const [isOpen, setOpen] = useState(false);
  const [options, setOptions] = useState({ isPrivate: true, spectators: false, understudies: true, sharesEnding: false });
  const [state, setState] = useState({});
  const set = (name) => (event) => setOptions({ ...options, [name]: event.target.checked });
  const submit = async (event) => {
    event.preventDefault();
    setState({ isBusy: true });
    try {
      setState({ made: await open(pack.id, options) });
    } catch (error) {
      setState({ problem: sayingOf(error) });
    }
  };
  return html`<article class="cover" style=${{ "--hue": hue }}>
    <div class="cover-head"><h3>${pack.title}</h3>
      <p class="faint small">${(pack.roles ?? []).map((role) => role.name).join(" · ")}</p></div>
    <p class="cover-about">${pack.about}</p>
    ${pack.notes && html`<details><summary>${t("What to know first")}</summary><p>${pack.notes}</p></details>`}
    ${state.made ? html`<${Links} made=${state.made} />`
    : isOpen ? html`<form onSubmit=${submit} class="opening">
        <label><input type="checkbox" checked=${options.isPrivate} onChange=${set("isPrivate")} /> ${t("Only for those with the link")}</label>
        <label><input type="checkbox" checked=${options.understudies} onChange=${set("understudies")} /> ${t("Understudies play who is missing")}</label>
        <label><input type="checkbox" checked=${options.spectators} onChange=${set("spectators")} /> ${t("People may watch")}</label>
        <label><input type="checkbox" checked=${options.sharesEnding} onChange=${set("sharesEnding")} /> ${t("Other worlds may hear how it ended, without names")}</label>
        ${state.problem && html`<p class="problem" role="alert">${state.problem}</p>`}
        <p><button class="primary" disabled=${state.isBusy}>${t("Open it")}</button>
        <button type="button" class="quiet" onClick=${() => setOpen(false)}>${t("Not now")}</button></p></form>`
      : html`<p><button type="button" class="primary" data-open=${pack.id} onClick=${() => setOpen(true)}>${t("Open a world")}</button></p>`}
  </article>`;
}

/** What came of opening a world. */
export function Links({ made }) {
  const { play, desk } = linksOf(made);
  return html`<div class="links" role="status">
    <p><b>${t("It is open.")}</b> ${t("Share this link; whoever has it can come in.")}</p>
    <input readonly value=${play} aria-label=${t("The link to play")} onFocus=${(event) => event.target.select()} />
    <p><a class="button primary" data-link="play" href=${play}>${t("Go in")}</a> <${CopyButton} text=${play}>${t("Copy the link")}<//></p>
    ${made.code && html`<p>${t("To type instead:")} <b class="code">${made.code}</b></p>`}
    <details><summary>${t("The desk, for who leads the game")}</summary>
      <p class="small">${t("Whoever has this link sees everything and may bring in every beat. It is shown only now.")}</p>
      <input readonly value=${desk} aria-label=${t("The link to the desk")} onFocus=${(event) => event.target.select()} />
      <p><a class="button" data-link="desk" href=${desk} target="_blank" rel="noopener">${t("Open the desk")}</a> <${CopyButton} text=${desk}>${t("Copy")}<//></p></details>
  </div>`;
}
