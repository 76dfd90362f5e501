// The door of a world: what it is about, who is in it, which role to take. One click from here.

import { CopyButton, hueOf, html, keep, recall, t, useEffect, useRef, useState } from "../shared/house.js";
import { drawFigure } from "./figures.js";

const STATES = { running: "being played now", paused: "paused for a moment", asleep: "asleep until you come", ended: "has ended" };
const wanted = new URLSearchParams(location.search).get("role"); // a desk opens the stage for one role

/** `enter({role, name, as})` goes in; `problem` is why it did not work the last time. */
export function Door({ card, enter, problem, isBusy }) {
  const [name, setName] = useState(recall("name") ?? "");
  const go = (how) => {
    keep("name", name.trim());
    enter({ ...how, name: name.trim().slice(0, 40) });
  };
  const roles = card.roles ?? [];
  return html`<main class="door">
    <header>
      <p class="faint">${t(STATES[card.state] ?? "")}${card.people > 0 ? `, ${card.people === 1 ? t("one person inside") : t("{n} people inside", { n: card.people })}` : ""}</p>
      <h1>${card.title}</h1>
      <p class="about">${card.about}</p>
      ${card.notes && html`<p class="notes">${card.notes}</p>`}
    </header>
    <div class="who"><h2>${t("Who will you be?")}</h2>
      <p class="name"><label for="name">${t("Your name, if you like")}</label>
        <input id="name" maxlength="40" autocomplete="off" dir="auto" value=${name} onInput=${(event) => setName(event.target.value)} /></p></div>
    ${problem && html`<p class="problem" role="alert">${problem}</p>`}
    <ul class="roles">
      ${roles.map((role) => html`<${RoleCard} key=${role.id} role=${role} hue=${hueOf(role.id, roles)} isBusy=${isBusy}
        isOver=${card.state === "ended"} take=${() => go({ as: "player", role: role.id })} />`)}
    </ul>
    <p class="else">
      ${card.has_spectators && html`<button type="button" class="quiet" disabled=${isBusy} onClick=${() => go({ as: "watch" })}>${t("Only watch")}</button>`}
      <${CopyButton} text=${location.href}>${t("Copy the link for somebody else")}<//></p>
  </main>`;
}

function RoleCard({ role, hue, take, isBusy, isOver }) {
  const isTaken = role.seats ? role.free === 0 : role.held === "player";
  const isUnderstudy = !role.seats && role.held === "understudy";
  const place = useRef(null);
  useEffect(() => {
    if (wanted === role.id) place.current.focus();
  }, []);
  let state = t("free");
  if (role.seats) state = t("{free} of {seats} places free", role);
  else if (isTaken) state = role.player ? t("played by {player}", role) : t("somebody plays");
  else if (isUnderstudy) state = t("an understudy keeps it warm");
  return html`<li class=${isTaken ? "role taken" : "role"} style=${{ "--hue": hue }}>
    <${Portrait} hue=${hue} isUnderstudy=${isUnderstudy} count=${role.seats ? 5 : 1} />
    <div><h3>${role.name}</h3><p>${role.about}</p>
    <p class="state">${state}</p></div>
    <button type="button" class="primary" data-role=${role.id} disabled=${isTaken || isBusy || isOver} onClick=${take} ref=${place}>
      ${isTaken ? t("Taken") : role.seats ? t("Join them") : t("Be {role}", { role: role.name })}</button>
  </li>`;
}

function Portrait({ hue, isUnderstudy, count }) {
  const canvas = useRef(null);
  useEffect(() => {
    const ctx = canvas.current.getContext("2d");
    ctx.clearRect(0, 0, 220, 260);
    for (let i = 0; i < count; i++) {
      const side = count === 1 ? 0 : (i - (count - 1) / 2) * 33;
      const size = count === 1 ? 205 : 116 + (i % 2) * 16;
      drawFigure(ctx, { hue: hue + i * 5, facing: 60, sway: i, isUnderstudy, isMoving: false }, 104 + side, 232 - (i % 2) * 14, size, 0);
    }
  }, [hue, isUnderstudy, count]);
  return html`<canvas class="portrait" ref=${canvas} width="220" height="260" aria-hidden="true"></canvas>`;
}
