// Who plays at the desk: each role with the light it had, and the people with what may be done to them.

import { clockText, html, keep, recall, t, useBeat, useState } from "../shared/house.js";

const MUTED_MAX = 100; // remembered by this tab; beyond: the oldest are forgotten
const LONG_MS = 90_000; // without light, after which somebody should get some

/** Return roles with what a desk wants to know of each; who had no light for longest comes first. */
export function lightOf(story) {
  const { viewer } = story;
  return story.roles.filter((role) => !role.seats).map((role) => {
    const lead = viewer.fact(`director.lead.${role.id}`) || 0;
    const said = story.lines.findLast((line) => line.who === role.id && line.kind === "said")?.ms ?? 0;
    return {
      role, darkMs: Math.max(0, viewer.worldMs - Math.max(lead, said)), said,
      held: viewer.fact(`${role.id}.held`) ?? "nobody", player: viewer.fact(`${role.id}.player`),
      scene: viewer.fact(`${role.id}.scene`), tension: viewer.fact(`director.tension.${role.id}`) ?? 0,
      isShy: viewer.fact(`director.background.${role.id}`) === true,
    };
  }).sort((a, b) => (b.held === "player") - (a.held === "player") || b.darkMs - a.darkMs);
}

const heldText = ({ held, player }) => (held === "player" ? player || t("somebody")
  : held === "understudy" ? t("an understudy") : t("nobody"));

export function Seats({ desk }) {
  const { story, viewer } = desk;
  useBeat(1000);
  return html`<section class="card" aria-labelledby="seats"><h2 id="seats">${t("Who has had no light")}</h2>
    <ul class="seats">${lightOf(story).map((one) => html`<${Seat} key=${one.role.id} one=${one} desk=${desk} />`)}</ul>
    ${viewer.fact("ending") && html`<p class="faint small">${t("The story has ended.")}</p>`}</section>`;
}

function Seat({ one, desk: { story, viewer, intervene, people, links } }) {
  const { role, held, scene, darkMs, tension, isShy } = one;
  const give = (to, what, more = {}) => intervene(t(what, { role: role.name }), (why) => viewer.seatTo(role.id, to, { ...more, why }));
  const free = people.filter((person) => person.as === "player" && !person.role);
  return html`<li class="seat" data-seat=${role.id} style=${{ "--hue": story.hue(role.id) }}>
    <div class="seat-head"><b>${role.name}</b> <span class="small">${heldText(one)}${scene ? `, ${story.nameOf(scene)}` : ""}</span></div>
    <p class=${darkMs > LONG_MS && !isShy ? "small dim" : "small faint"}>${isShy ? t("stays in the background")
    : t("no light for {time}", { time: clockText(darkMs) })}</p>
    <span class="track thin" role="meter" aria-label=${t("How tense it is for {role}", { role: role.name })} aria-valuemin="0"
      aria-valuemax="10" aria-valuenow=${tension}><span class="fill" style=${{ transform: `scaleX(${Math.min(1, tension / 10)})` }}></span></span>
    <details class="more"><summary class="small">${t("Seat")}</summary><p class="does">
      ${held !== "understudy" && html`<button type="button" class="quiet" onClick=${() => give("understudy", "{role} to an understudy")}>${t("To an understudy")}</button>`}
      ${held !== "nobody" && html`<button type="button" class="quiet" onClick=${() => give("nobody", "{role} empty")}>${t("Empty it")}</button>`}
      ${free.map((person) => html`<button type="button" class="quiet" key=${person.session}
        onClick=${() => give("player", "{role} to somebody", { session: person.session })}>${t("To {name}", { name: person.name || t("no name") })}</button>`)}
      <${TakeOver} role=${role} held=${held} link=${links.play} give=${give} /></p></details></li>`;
}

/** Play a role oneself: it is freed where somebody has it, and its stage opens beside the desk. */
function TakeOver({ role, held, link, give }) {
  if (!link) return null;
  const [address, place] = link.split("#");
  const take = async (event) => {
    if (held !== "player") return;
    event.preventDefault();
    if (await give("nobody", "Take {role} over")) open(`${address}?role=${role.id}#${place}`, "_blank", "noopener");
  };
  return html`<a class="button quiet" href=${`${address}?role=${role.id}#${place}`} target="_blank" rel="noopener" onClick=${take}>${t("Take it over")}</a>`;
}

/**
 * Return the sessions of who looks like somebody that was muted and left: by name, or by the role.
 * A mute is of one session, and who comes anew has another; whether they are the same, the desk knows.
 */
function mutedBefore(world, people) {
  const kept = recall(`muted.${world}`) ?? {};
  const known = { ...kept };
  for (const { session, name, role, is_muted } of people) {
    if (is_muted) known[session] = { name, role };
    else delete known[session]; // let write again
  }
  const ids = Object.keys(known);
  for (const old of ids.slice(0, Math.max(0, ids.length - MUTED_MAX))) delete known[old];
  if (JSON.stringify(known) !== JSON.stringify(kept)) keep(`muted.${world}`, known);
  const gone = Object.entries(known).filter(([session]) => !people.some((one) => one.session === session));
  const isLike = (one) => gone.some(([, was]) => (was.name && was.name === one.name) || (was.role && was.role === one.role));
  return new Set(people.filter((one) => one.as === "player" && !one.is_muted && isLike(one)).map((one) => one.session));
}

/** Who is here, and what may be done about them. */
export function People({ desk }) {
  const { viewer, people, story } = desk;
  const again = mutedBefore(story.world, people);
  return html`<section class="card" aria-labelledby="people"><h2 id="people">${t("People")}</h2>
    <ul class="here">${[...people].sort((a, b) => (b.is_here !== false) - (a.is_here !== false)).map((person) => html`<${Person} key=${person.session} person=${person} desk=${desk}
      isMe=${person.session === viewer.session} wasMuted=${again.has(person.session)} />`)}</ul></section>`;
}

const KINDS = { player: "player", desk: "desk", script: "script" };

function Person({ person, desk: { story, viewer, intervene }, isMe, wasMuted }) {
  const [isSure, setSure] = useState(false);
  const name = person.name || t("no name");
  const as = [isMe ? t("you") : t(KINDS[person.as] ?? person.as), person.role && story.nameOf(person.role),
    person.is_here === false && t("away"), person.is_muted && t("muted"), wasMuted && t("was muted before")].filter(Boolean);
  const mute = () => intervene(t(person.is_muted ? "Let {name} write" : "Mute {name}", { name }),
    (why) => viewer.mute(person.session, !person.is_muted, why));
  const remove = () => {
    if (isSure) intervene(t("Remove {name}", { name }), (why) => viewer.remove(person.session, why));
    setSure(!isSure);
  };
  return html`<li data-person=${person.role || person.as}><span><b>${name}</b> <span class="faint small">${as.join(", ")}</span></span>
    ${!isMe && person.as === "player" && html`<button type="button" class="quiet" aria-pressed=${Boolean(person.is_muted)} onClick=${mute}>${t("Mute")}</button>`}
    ${!isMe && html`<button type="button" class="quiet" onClick=${remove} onBlur=${() => setSure(false)}>
      ${isSure ? t("Really remove") : t("Remove")}</button>`}</li>`;
}
