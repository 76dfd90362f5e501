// The stage's page: from a link to its door, from the door into the world.

import { html, keep, langOf, placeHere, reach, recall, render, sayingOf, speakHere, t, useEffect, useState, wantedLang } from "../shared/house.js";
import { Door } from "./door.js";
import { Story } from "./story.js";

const later = () => import("./play.js");

function Stage() {
  const [step, setStep] = useState({ at: "reaching" });
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    arrive(setStep);
    addEventListener("hashchange", () => location.reload());
  }, []);
  if (step.at === "playing") return html`<${step.Play} story=${step.story} />`;
  if (step.at === "door") {
    const enter = async (how) => {
      setBusy(true);
      try {
        setStep(await goIn(step, how));
      } catch (error) {
        setStep(await again(step, sayingOf(error)));
      }
      setBusy(false);
    };
    return html`<${Door} card=${step.card} enter=${enter} problem=${step.problem} isBusy=${isBusy} />`;
  }
  if (step.at === "nowhere") {
    return html`<main class="door"><h1>${step.title}</h1><p>${step.text}</p>
      <p class="else"><button type="button" class="primary" onClick=${() => location.reload()}>${t("Try again")}</button>
      <a class="button quiet" href="/">${t("Other worlds")}</a></p></main>`;
  }
  return html`<main class="door"><p class="faint" role="status">${t("Finding the door …")}</p></main>`;
}

async function arrive(setStep) {
  await speakHere(wantedLang());
  const place = placeHere();
  if (!place) {
    setStep({ at: "nowhere", title: t("This link leads nowhere"), text: t("A link to a world ends in # and the world's name. Ask for it again, whole.") });
    return;
  }
  try {
    const dream = await reach("stage");
    if (await comeBack(dream, place, setStep)) return;
    const card = await dream.card({ world: place.world, invite: place.secret || undefined });
    document.title = `${card.title} · Dreamsync`;
    await speakHere(langOf(card));
    setStep({ at: "door", dream, place, card });
    performance.mark("door");
    later().catch(() => {}); // while the card is read, the stage is fetched; going in asks again
  } catch (error) {
    setStep({ at: "nowhere", title: t("The door stays shut"), text: sayingOf(error) });
  }
}


/** This tab was in the world before it was loaded again: go on as who one was. */
async function comeBack(dream, place, setStep) {
  const identity = recall(`seat.${place.world}`);
  if (!identity) return false;
  const story = new Story(place.world);
  try {
    story.viewer = await dream.resume(place.world, identity, story.take);
  } catch {
    keep(`seat.${place.world}`, null);
    return false;
  }
  setStep(await begun(story));
  return true;
}

async function goIn({ dream, place }, { as, role, name }) {
  const story = new Story(place.world);
  const invite = place.secret || undefined;
  story.viewer = as === "watch"
    ? await dream.watch(place.world, { invite }, story.take)
    : await dream.enter(place.world, { role, name: name || undefined, invite }, story.take);
  return begun(story);
}

async function begun(story) {
  const { Play } = await later();
  const { world } = story.viewer;
  document.title = `${world.title} · Dreamsync`;
  await speakHere(langOf(world));
  document.body.classList.add("is-playing");
  return { at: "playing", story, Play };
}

/** Back at the door, with the card as it is now. */
async function again({ dream, place, card }, problem) {
  try {
    return { at: "door", dream, place, problem, card: await dream.card({ world: place.world, invite: place.secret || undefined }) };
  } catch {
    return { at: "door", dream, place, problem, card };
  }
}

render(html`<${Stage} />`, document.getElementById("page"));
