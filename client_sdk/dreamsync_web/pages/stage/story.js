// What a page knows of the world it is in: the viewer's mirror, the lines told so far, the moment.

import { hueOf, keep, recall, t } from "../shared/house.js";

const LINES_MAX = 500; // kept for the keepsake; beyond: the oldest are dropped
const PATH_MAX = 500; // places gone through; beyond: the oldest are dropped
const PICTURES_MAX = 24; // of places; beyond: one of a place that has a later one, or the oldest
const CAPTION_MS = 9000;
const RECAP_SHORT = 5;
const RECAP_LINES_MAX = 60;
const MISSED_MS = 5000; // what was missed is played within this long
const SHOWN = new Set("said told beat chapter ending whisper paused unpaused seat nudge asked chosen muted unmuted intervened".split(" "));
const OWN = /\.(scene|held|player|holder)$|^(chapter|ending|paused)$|^(choice|chose|did|cued)\./;

export class Story {
  #listeners = new Set();
  #viewer = null;
  #waiting = [];
  #timer = 0;
  #isCatchingUp = false;
  #nextId = 1;

  constructor(world) {
    this.world = world;
    this.lines = [];
    this.path = []; // scenes walked: {id, name, ms, image}
    this.cast = new Map(); // role id -> who played it, for the keepsake
    this.caption = null; // the beat that is being told: {text, id}
    this.recap = null;
    this.isAway = false;
    this.over = null;
    this.reported = 0; // how often somebody reported, for a desk
    this.ending = null;
    this.touched = new Map(); // fact -> when it changed, for the glow
    this.muted = new Set(recall("muted") ?? []);
    this.onEvent = () => {}; // the picture's and the sound's ear
    this.onPoses = () => {};
    this.onPeople = () => {}; // who is here may be another now
    this.#bind();
  }

  #bind() {
    this.take = this.take.bind(this);
    this.listen = this.listen.bind(this);
  }

  get viewer() { return this.#viewer; }
  set viewer(viewer) {
    this.#viewer = viewer;
    this.#look();
  }

  listen(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  changed() {
    for (const listener of this.#listeners) listener();
  }

  /** Take one notice of the session. */
  take(notice) {
    if (notice.kind === "happened") {
      if (this.isAway) this.#isCatchingUp = true; // what was missed comes before the line is live
      this.#queue(notice.event);
    }
    if (notice.kind === "posed") this.onPoses(notice.poses);
    if (notice.kind === "jumped") this.#recall(notice.recap);
    if (notice.kind === "away") {
      this.isAway = true;
      this.changed();
    }
    if (notice.kind === "live") this.isAway = false;
    if (notice.kind === "changed") this.#look();
    if (notice.kind === "pack") this.changed();
    if (notice.kind === "over") {
      this.over = { error: notice.error };
      keep(`seat.${this.world}`, null);
      this.changed();
    }
  }

  mute(name) {
    if (!this.muted.delete(name)) this.muted.add(name);
    keep("muted", [...this.muted]);
    this.changed();
  }

  /** Put a line of the page itself into the flow. */
  note(text, kind = "note") {
    this.#line({ kind, text, at: [0, 0], ms: 0 });
    this.changed();
  }

  /** Keep a picture of the place one is in. */
  picture(id, image) {
    const stop = this.path.at(-1);
    if (stop?.id !== id) return;
    stop.image = image;
    const pictured = this.path.filter((one) => one.image);
    if (pictured.length <= PICTURES_MAX) return;
    const isSeenAgain = (one, i) => pictured.slice(i + 1).some((later) => later.id === one.id);
    (pictured.find(isSeenAgain) ?? pictured[0]).image = "";
  }

  /** Put what was told before one came ahead of all lines: events, oldest first. */
  precede(events) {
    const known = new Set(this.lines.map((line) => String(line.at)));
    const earlier = new Story(this.world);
    for (const event of events) if (!known.has(String(event.at))) earlier.#happen(event, true);
    // Numbers below those of all that is told from now on.
    this.lines.unshift(...earlier.lines.map((line, i) => ({ ...line, id: i - earlier.lines.length })));
    this.changed();
  }

  dismissRecap() {
    this.recap = null;
    this.changed();
  }

  // What is there, read from the mirror.

  get facts() { return this.#viewer.mirror.facts; }
  get names() { return this.#viewer.names; }
  get roles() { return this.#viewer?.world.roles ?? []; }

  /** Return the name of a role, seat, scene or thing; its id in words where none is known. */
  nameOf(id) {
    const { names } = this;
    const own = names.roles[id] ?? names.things[id] ?? names.scenes[id]?.name
      ?? this.roles.find((role) => role.id === id)?.name ?? names.roles[id.replace(/\.\d+$/, "")];
    return own ?? id.split(".").at(-1).replaceAll("_", " ");
  }

  hue(seat) { return hueOf(seat, this.roles); }

  /** Return a fact's value in words. */
  words(name, value) {
    const card = this.names.facts[name];
    if (card?.kind === "text") return value; // somebody's own words are no id, whatever they look like
    if (Array.isArray(value)) return value.map((one) => this.#word(card, one)).join(", ") || "—";
    return this.#word(card, value);
  }

  #word(card, value) {
    if (value === true) return t("yes");
    if (value === false) return t("no");
    if (typeof value !== "string") return String(value);
    return card?.words?.[value] ?? (value.includes(".") || /^[a-z0-9_]+$/.test(value) ? this.nameOf(value) : value);
  }

  /** Return the scene that is drawn: mine, or for who only looks on the fullest one seen. */
  sceneHere(wanted = "") {
    const { scenes } = this.names;
    const mine = this.#viewer.seat && this.#viewer.fact(`${this.#viewer.seat}.scene`);
    let id = mine || (scenes[wanted] ? wanted : "");
    if (!id) {
      const counts = Object.keys(scenes).map((scene) => [this.peopleIn(scene).length, scene]);
      id = counts.sort((a, b) => b[0] - a[0])[0]?.[1] ?? "";
    }
    const card = scenes[id];
    if (!card) return { id: id || "nowhere", name: this.chapter || this.#viewer.world.title, text: "", layer: "waking", size: [12, 8], exits: [] };
    return { id, layer: "waking", exits: [], ...card, size: card.size?.[0] ? card.size : [12, 8] };
  }

  /** Return who is in a scene, as figures. */
  peopleIn(scene) {
    const people = [];
    const { seat } = this.#viewer;
    for (const name of this.facts.keys()) {
      if (!name.endsWith(".scene") || this.#viewer.fact(name) !== scene) continue;
      people.push(this.#figure(name.slice(0, -6)));
    }
    for (const [other] of this.#viewer.posesIn(scene)) {
      if (!people.some((figure) => figure.seat === other)) people.push(this.#figure(other));
    }
    return people.map((figure) => ({ ...figure, isMe: figure.seat === seat }));
  }

  #figure(seat) {
    const player = this.#viewer.fact(`${seat}.player`);
    const held = this.#viewer.fact(`${seat}.held`);
    return {
      seat, name: this.nameOf(seat), player: typeof player === "string" ? player : "",
      hue: this.hue(seat), isUnderstudy: held === "understudy", held,
    };
  }

  thingsIn(scene) {
    return this.#things((holder) => holder === scene);
  }

  thingsHeld() {
    const { role } = this.#viewer;
    return role ? this.#things((holder) => holder === role) : [];
  }

  #things(isIt) {
    return [...this.facts.keys()].filter((name) => name.endsWith(".holder") && isIt(this.#viewer.fact(name)))
      .map((name) => ({ id: name.slice(0, -7), name: this.nameOf(name.slice(0, -7)) }));
  }

  get chapter() { return this.#viewer ? this.words("chapter", this.#viewer.fact("chapter") ?? "") : ""; }

  /** Return the facts to show: those of the world, those about me, those about who is here. */
  shown() {
    const { role, seat } = this.#viewer;
    const [world, mine] = [[], []];
    for (const name of this.facts.keys()) {
      const card = this.names.facts[name];
      if (!card || OWN.test(name) || name.startsWith("@")) continue;
      const about = card.about ?? [];
      const fact = { name, card, value: this.#viewer.fact(name), raw: this.facts.get(name) };
      if (seat && about.some((id) => id === role || id === seat)) mine.push(fact);
      else if (about.length === 0 || this.names.scenes[about[0]]) world.push(fact);
    }
    return { world, mine };
  }

  /** Return what is to be seen of somebody else: their facts. */
  factsAbout(seat) {
    return [...this.facts.keys()].filter((name) => !OWN.test(name)
      && this.names.facts[name]?.about?.length === 1 && this.names.facts[name].about[0] === seat)
      .map((name) => ({ name, card: this.names.facts[name], value: this.#viewer.fact(name) }));
  }

  /** Return how it ended, in its paragraphs: what the ending says, or what was told with it. */
  endingWords() {
    if (!this.ending) return [];
    const title = this.words("ending", this.#viewer.fact("ending") ?? "");
    if (this.ending.text && this.ending.text !== title) return [this.ending.text];
    return this.lines.filter((line) => line.kind === "told" && line.at[0] === this.ending.at[0]).map((line) => line.text);
  }

  // What happened.

  /** A few lines are told with the others; more of them wait to be read first. */
  #recall(lines) {
    if (lines.length > RECAP_SHORT) this.recap = lines;
    for (const text of lines.slice(-RECAP_LINES_MAX)) this.#line({ kind: "told", text, at: [0, 0], ms: 0, isMissed: true });
  }

  /** Events are told at once; those missed while away one after the other. */
  #queue(event) {
    if (!this.#isCatchingUp) return void this.#happen(event);
    if (this.#waiting.length === 0 && !this.#timer) this.#line({ kind: "gap", text: t("While the line was gone"), at: [0, 0], ms: event.ms });
    this.#waiting.push(event);
    if (!this.#timer) this.#timer = setTimeout(() => this.#catchUp(), 30);
  }

  #catchUp() {
    const event = this.#waiting.shift();
    if (event) this.#happen(event, true);
    this.changed();
    if (this.#waiting.length) {
      this.#timer = setTimeout(() => this.#catchUp(), Math.min(420, MISSED_MS / this.#waiting.length));
    } else {
      this.#timer = 0;
      this.#isCatchingUp = false;
    }
  }

  #happen(happened, isMissed = false) {
    // A beat is told by its own text; that is when its light comes.
    const isBeat = happened.kind === "told" && (happened.key ?? "").startsWith("beat.");
    const event = isBeat ? { ...happened, kind: "beat" } : happened;
    if (event.kind !== "beat" || event.text) this.onEvent(event);
    if (event.kind === "beat" || event.kind === "ending") this.#captionFor(event);
    if (event.kind === "ending") this.ending = event;
    if (event.kind === "reported") this.reported += 1;
    if (event.kind === "seat" || event.kind.endsWith("muted")) this.onPeople();
    if (SHOWN.has(event.kind) && (event.text || event.kind === "intervened")) this.#line({ ...event, isMissed });
  }

  #captionFor(event) {
    if (!event.text) return;
    const caption = { text: event.text, id: this.#nextId };
    this.caption = caption;
    setTimeout(() => {
      if (this.caption === caption) {
        this.caption = null;
        this.changed();
      }
    }, CAPTION_MS);
  }

  #line(line) {
    const last = this.lines.at(-1);
    // A beat's own narration is told beside the beat: once is enough.
    if (last && last.text === line.text && line.at[0] && last.at[0] === line.at[0]) {
      if (line.kind === "beat") last.kind = "beat";
      return;
    }
    this.lines.push({ ...line, id: this.#nextId++ });
    if (this.lines.length > LINES_MAX) this.lines.splice(0, this.lines.length - LINES_MAX);
  }

  /** Whoever has just taken a role is told whom they play, and how one moves. */
  #greet() {
    const { role } = this.#viewer;
    const card = this.roles.find((one) => one.id === role);
    if (!card || this.greeted === role || this.path.length > 0) return;
    this.greeted = role;
    this.#line({ kind: "role", name: card.name, who: role, text: card.about ?? "", at: [0, 0], ms: 0 });
  }

  /** A view has come: take note of who plays, and where I am. */
  #look() {
    if (!this.#viewer) return; // the first view: looked at once the viewer is here
    this.#isCatchingUp = this.#waiting.length > 0;
    const now = performance.now();
    for (const name of this.facts.keys()) {
      const value = JSON.stringify(this.facts.get(name));
      const known = this.touched.get(name);
      if (known?.value !== value) this.touched.set(name, { value, ms: known ? now : -1e9, was: known?.value });
    }
    for (const role of this.roles) {
      const player = this.#viewer.fact(`${role.id}.player`);
      if (player) this.cast.set(role.id, { name: role.name, player });
    }
    const scene = this.sceneHere();
    const isThere = ["player", "watch"].includes(this.#viewer.mirror.as);
    this.#greet();
    if (isThere && scene.id !== "nowhere" && this.path.at(-1)?.id !== scene.id) {
      this.path.push({ id: scene.id, name: scene.name, ms: this.#viewer.worldMs, image: "" });
      if (this.path.length > PATH_MAX) this.path.shift();
      this.#line({ kind: "place", name: scene.name, text: scene.text, at: [0, 0], ms: 0 });
    }
    if (this.#viewer.identity && this.#viewer.mirror.as === "player") {
      keep(`seat.${this.world}`, this.#viewer.identity);
    }
    this.changed();
  }
}
