// The living picture of a scene: its backdrop, people at their poses, light that answers the story.

import { chanceOf, isCalm, numberOf } from "../shared/house.js";
import { Lie, drawTears, drawVeils, paintBackdrop, paletteOf } from "./backdrop.js";
import { FONT, drawFigure, drawName, drawSpeech, within } from "./figures.js";

const LATE_MS = 110; // poses are shown this much later, so that there is always a next one
const SPEECH_MS = 6500;
const LIGHT_MS = 4200; // how long a beat's light takes to go
const STEPS_A_SECOND = 3.4;
const SCALE_MAX = 2;
const CROWD = 14; // more people than this are drawn smaller, and only I am named
const STIRRED_MS = 700; // every frame is drawn this long after anything moved
const REST_MS = 17; // waited between two frames while only the air moves: half of them are enough
const REST_CALM_MS = 2000; // likewise for who wants no motion: what is torn heals all the same

export class Picture {
  #canvas;
  #ctx;
  #still = document.createElement("canvas");
  #scene = { id: "", size: [12, 8], layer: "waking", exits: [] };
  #stillKey = "";
  #people = new Map(); // seat -> figure
  #things = [];
  #motes = [];
  #lights = [];
  #strain = 0; // how torn the fabric is: rises with every beat, and heals
  #fade = 0;
  #frame = 0;
  #resizing = 0;
  #resting = 0;
  #stirredMs = 0;
  #lastMs = 0;
  #target = null;
  #keys = new Set();
  #watcher;

  /** `onPose(x, y, facing)` is told where I stand, in hundredths of a step and degrees. */
  constructor(canvas, { onPose = () => {}, onDoor = () => {} } = {}) {
    this.#canvas = canvas;
    this.#ctx = canvas.getContext("2d");
    this.onPose = onPose;
    this.onDoor = onDoor;
    this.isAway = false;
    this.frameMs = 0; // what the last frame cost
    // With the next frame: what is measured while it is changed makes browsers complain.
    this.#watcher = new ResizeObserver(() => {
      cancelAnimationFrame(this.#resizing);
      this.#resizing = requestAnimationFrame(() => this.#resize());
    });
    this.#watcher.observe(canvas);
    this.#resize();
  }

  stop() {
    cancelAnimationFrame(this.#frame);
    cancelAnimationFrame(this.#resizing);
    clearTimeout(this.#resting);
    this.#watcher.disconnect();
  }

  /** Show a scene: {id, name, layer, size, exits}. */
  show(scene) {
    if (scene.id !== this.#scene.id) {
      this.#people.clear();
      this.#target = null;
      this.#fade = 1;
      this.#motes = [];
    }
    this.#scene = scene;
    this.#relie();
    this.#wake();
  }

  get sceneId() { return this.#scene.id; }

  /** Say who is there: [{seat, name, hue, isMe, isUnderstudy}]; the rest have gone. */
  gather(people) {
    const here = new Set(people.map((person) => person.seat));
    for (const seat of this.#people.keys()) if (!here.has(seat)) this.#people.delete(seat);
    for (const person of people) {
      const known = this.#people.get(person.seat);
      if (known) Object.assign(known, person);
      else this.#people.set(person.seat, { ...this.#spotOf(person), ...person });
    }
    this.#wake();
  }

  /** Say which things lie here: [{id, name}]. */
  lay(things) {
    this.#things = things;
    this.#wake();
  }

  /** Take poses as they come: [[seat, x, y, facing]]. Mine are mine. */
  pose(poses, nowMs = performance.now()) {
    for (const [seat, x, y, facing] of poses) {
      const figure = this.#people.get(seat);
      if (!figure || figure.isMe) continue;
      figure.heard.push({ ms: nowMs, x: x / 100, y: y / 100, facing });
      if (figure.heard.length > 12) figure.heard.shift();
    }
    this.#stir();
  }

  /** Where a seat stands, in steps; null where it is not here. */
  standsAt(seat) {
    const figure = this.#people.get(seat);
    return figure ? { x: figure.x, y: figure.y } : null;
  }

  say(seat, text) {
    const figure = this.#people.get(seat);
    if (figure) figure.speech = { text, ms: performance.now() };
    this.#stir();
  }

  /** A beat: light goes through the scene, and the fabric gives a little. */
  beat() {
    this.#lights = [...this.#lights.slice(-1), performance.now()]; // two at most: more blind
    this.#strain = Math.min(1, this.#strain + 0.34);
    this.#stir();
  }

  /** Walk to a point of the canvas (CSS pixels), or through a door that is there. */
  point(px, py) {
    const door = this.doorAt(px, py);
    if (door) return this.onDoor(door.id);
    this.#target = this.lie.under(px * this.ratio, py * this.ratio);
    this.#stir();
    return undefined;
  }

  doorAt(px, py) {
    const [x, y] = [px * this.ratio, py * this.ratio];
    return this.doors.find((door) => Math.abs(x - door.x) < door.width && y > door.y - door.height * 1.35 && y < door.y + door.height * 0.2);
  }

  /** Hold or let go of a direction: left, right, far, near. */
  steer(direction, isHeld) {
    if (isHeld) this.#keys.add(direction);
    else this.#keys.delete(direction);
    if (isHeld) this.#target = null;
    this.#stir();
  }

  /** Return the picture as it is, as a small JPEG's data address. */
  keepsake() {
    const small = document.createElement("canvas");
    const share = Math.min(1, 880 / this.#canvas.width);
    [small.width, small.height] = [this.#canvas.width * share, this.#canvas.height * share];
    small.getContext("2d").drawImage(this.#canvas, 0, 0, small.width, small.height);
    return small.toDataURL("image/jpeg", 0.78);
  }

  // Where things are.

  #resize() {
    this.ratio = Math.min(SCALE_MAX, devicePixelRatio || 1);
    const { clientWidth, clientHeight } = this.#canvas;
    this.#canvas.width = Math.max(2, Math.round(clientWidth * this.ratio));
    this.#canvas.height = Math.max(2, Math.round(clientHeight * this.ratio));
    this.#relie();
    this.#wake();
  }

  #relie() {
    const { width, height } = this.#canvas;
    this.lie = new Lie(width, height, this.#scene);
    this.doors = this.lie.doors(this.#scene.exits ?? []);
    const key = `${width} ${height} ${JSON.stringify([this.#scene.id, this.#scene.layer, this.#scene.size, this.#scene.exits])}`;
    if (key === this.#stillKey) return;
    this.#stillKey = key;
    [this.#still.width, this.#still.height] = [width, height];
    paintBackdrop(this.#still.getContext("2d"), this.lie, this.#scene, this.doors);
  }

  #spotOf({ seat, isMe }) {
    const chance = chanceOf(numberOf(seat + this.#scene.id));
    const { steps, deep } = this.lie;
    const spread = Math.min(steps, 12);
    let [x, y, room] = [0, 0, -1];
    // Of a few places, the one with the most room around it.
    for (let tries = 0; tries < 8; tries++) {
      const px = steps / 2 + (chance() - 0.5) * spread * 0.78;
      const py = Math.min(deep, 10) * (isMe ? 0.08 + chance() * 0.16 : 0.2 + chance() * 0.36);
      const nearest = Math.min(9, ...[...this.#people.values()].map((other) => Math.hypot(other.x - px, (other.y - py) / 2)));
      if (nearest > room) [x, y, room] = [px, py, nearest];
    }
    return { x, y, facing: x < steps / 2 ? 90 : 270, heard: [], isMoving: false, sway: chance() * 7, speech: null };
  }

  // A frame.

  /** Something moves: draw every frame for a while. */
  #stir() {
    this.#stirredMs = performance.now();
    this.#wake();
  }

  /** Draw with the next frame. */
  #wake() {
    clearTimeout(this.#resting);
    this.#resting = 0;
    if (!this.#frame) this.#frame = requestAnimationFrame((ms) => this.#draw(ms));
  }

  /** Draw the next frame, or where nothing moves wait a little: a phone has but one battery. */
  #goOn(ms) {
    const isMoving = this.#fade > 0 || this.#lights.length > 0 || this.#keys.size > 0 || this.#target
      || ms - this.#stirredMs < STIRRED_MS
      || [...this.#people.values()].some((figure) => figure.isMoving || figure.speech);
    if (isMoving) this.#wake();
    else this.#resting = setTimeout(() => this.#wake(), this.isCalm ? REST_CALM_MS : REST_MS);
  }

  #draw(ms) {
    this.#frame = 0;
    const started = performance.now();
    const passedMs = Math.min(100, ms - this.#lastMs);
    this.#strain = Math.max(0, this.#strain - (ms - this.#lastMs) / 110_000);
    this.#lastMs = ms;
    this.isCalm = isCalm();
    const clock = this.isCalm ? 0 : ms;
    const ctx = this.#ctx;
    this.#walk(passedMs / 1000);
    for (const figure of this.#people.values()) this.#follow(figure, ms - LATE_MS);
    ctx.drawImage(this.#still, 0, 0);
    this.#drawAir(ctx, clock);
    drawTears(ctx, clock, this.#scene, this.#strain, this.ratio);
    const things = this.#drawThings(ctx, clock);
    const placed = this.#drawPeople(ctx, clock);
    this.#drawWords(ctx, ms, placed, things);
    this.#drawLights(ctx, ms);
    if (this.#fade > 0) {
      this.#fade = this.isCalm ? 0 : Math.max(0, this.#fade - passedMs / 900);
      ctx.fillStyle = `rgb(6 8 20 / ${this.#fade})`;
      ctx.fillRect(0, 0, this.#canvas.width, this.#canvas.height);
    }
    this.frameMs = performance.now() - started;
    this.#goOn(ms);
  }

  /** Move my own figure, and say so. */
  #walk(seconds) {
    const me = [...this.#people.values()].find((figure) => figure.isMe);
    if (!me || this.isAway) return;
    const { steps, deep } = this.lie;
    let [dx, dy] = [0, 0];
    if (this.#keys.has("left")) dx -= 1;
    if (this.#keys.has("right")) dx += 1;
    if (this.#keys.has("far")) dy += 1;
    if (this.#keys.has("near")) dy -= 1;
    if (this.#target) {
      [dx, dy] = [this.#target[0] - me.x, this.#target[1] - me.y];
      if (Math.hypot(dx, dy) < 0.06) this.#target = null;
    }
    const length = Math.hypot(dx, dy);
    me.isMoving = length > 0.05;
    if (!me.isMoving) return;
    const pace = Math.max(STEPS_A_SECOND, Math.max(steps, deep) / 5) * seconds;
    const stride = this.#target ? Math.min(pace, length) : pace;
    me.x = Math.min(steps, Math.max(0, me.x + (dx / length) * stride));
    me.y = Math.min(deep, Math.max(0, me.y + (dy / length) * stride));
    me.facing = Math.round((Math.atan2(dx, dy) * 180) / Math.PI + 360) % 360;
    this.onPose(Math.round(me.x * 100), Math.round(me.y * 100), me.facing);
  }

  /** Move somebody else between the poses that were heard around a moment. */
  #follow(figure, ms) {
    const { heard } = figure;
    if (figure.isMe || heard.length === 0) return;
    while (heard.length > 2 && heard[1].ms <= ms) heard.shift();
    const [from, to = from] = heard;
    const share = to.ms > from.ms ? Math.min(1, Math.max(0, (ms - from.ms) / Math.min(300, to.ms - from.ms))) : 1;
    const [x, y] = [from.x + (to.x - from.x) * share, from.y + (to.y - from.y) * share];
    figure.isMoving = Math.hypot(x - figure.x, y - figure.y) > 0.002;
    figure.x += (x - figure.x) * 0.6;
    figure.y += (y - figure.y) * 0.6;
    figure.facing = to.facing;
  }

  #drawAir(ctx, ms) {
    const { width, height } = this.#canvas;
    const isDream = this.#scene.layer === "dream";
    if (isDream) drawVeils(ctx, ms);
    if (this.isCalm) return;
    while (this.#motes.length < 46) {
      this.#motes.push([Math.random() * width, Math.random() * height, 0.5 + Math.random() * 1.5, Math.random() * 7]);
    }
    for (const mote of this.#motes) {
      mote[1] -= mote[2] * (isDream ? 0.5 : 0.14) * this.ratio;
      if (mote[1] < -6) [mote[0], mote[1]] = [Math.random() * width, height + 5];
      const x = mote[0] + Math.sin(ms / 1900 + mote[3]) * 22;
      const glow = 0.3 + 0.26 * Math.sin(ms / 800 + mote[3]);
      ctx.fillStyle = isDream ? `hsl(${mote[3] * 26 + 190} 88% 84% / ${glow})` : `hsl(40 92% 82% / ${glow * 0.55})`;
      ctx.beginPath();
      ctx.arc(x, mote[1], mote[2] * this.ratio * (isDream ? 1.15 : 0.75), 0, 7);
      ctx.fill();
    }
  }

  /** Draw what lies about; return it with where it lies: [thing, x, y, size]. */
  #drawThings(ctx, ms) {
    return this.#things.map((thing, i) => {
      const chance = chanceOf(numberOf(thing.id));
      const [x, y, scale] = this.lie.at(this.lie.steps * (0.3 + 0.4 * chance()), this.lie.deep * (0.4 + 0.3 * chance()));
      const r = this.lie.height * 0.05 * scale;
      const light = ctx.createRadialGradient(x, y - r, 0, x, y - r, r * (3.2 + 0.3 * Math.sin(ms / 600 + i)));
      light.addColorStop(0, "hsl(44 100% 82% / .8)");
      light.addColorStop(1, "hsl(44 100% 70% / 0)");
      ctx.fillStyle = light;
      ctx.fillRect(x - 4 * r, y - 5 * r, 8 * r, 8 * r);
      ctx.fillStyle = "hsl(40 70% 78%)";
      ctx.fillRect(x - r * 0.55, y - r * 0.8, r * 1.1, r * 0.8);
      return [thing, x, y, r * 6];
    });
  }

  /** Draw everybody; return them with where they stand, the farthest first: [figure, x, y, size]. */
  #drawPeople(ctx, clock) {
    const isDream = this.#scene.layer === "dream";
    const tall = Math.min(this.lie.height * 0.36, this.lie.width * 0.42) * Math.max(0.55, Math.min(1, 15 / this.lie.steps));
    const share = this.#people.size > CROWD ? 0.62 : 1;
    const placed = [...this.#people.values()].map((figure) => [figure, ...this.lie.at(figure.x, figure.y)])
      .sort((a, b) => a[2] - b[2]).map(([figure, x, y, scale]) => [figure, x, y, tall * scale * share]);
    for (const [figure, x, y, size] of placed) {
      if (isDream) {
        ctx.save();
        ctx.translate(0, 2 * y);
        ctx.scale(1, -1);
        ctx.globalAlpha = 0.16;
        drawFigure(ctx, { ...figure, isDream: false, isMe: false }, x, y, size, clock);
        ctx.restore();
      }
      drawFigure(ctx, { ...figure, isDream }, x, y, size, clock);
    }
    return placed;
  }

  /** Write what is to be read, in front of all that stands there: ways out, names, what was said. */
  #drawWords(ctx, ms, placed, things) {
    this.#drawDoors(ctx);
    const names = [];
    const isCrowd = placed.length > CROWD;
    for (const [figure, x, y, size] of placed) {
      if (!isCrowd || figure.isMe) drawName(ctx, figure, x, y, Math.max(size, 90 * this.ratio), names);
    }
    for (const [thing, x, y, size] of things) drawName(ctx, { name: thing.name }, x, y, size, names, true);
    const taken = [];
    for (const [figure, x, y, size] of placed.toReversed()) {
      if (!figure.speech) continue;
      const share = (ms - figure.speech.ms) / SPEECH_MS;
      if (share >= 1) figure.speech = null;
      else drawSpeech(ctx, figure.speech.text, x, y - size * 0.92, this.#canvas.width, Math.max(0, share), taken);
    }
  }

  #drawDoors(ctx) {
    const px = Math.max(11 * this.ratio, this.lie.height * 0.023);
    const most = this.lie.width / this.doors.length;
    ctx.font = `${px}px ${FONT}`;
    ctx.textAlign = "center";
    for (const door of this.doors) {
      const half = Math.min(most, ctx.measureText(door.label).width) / 2;
      const [x, y] = [within(door.x, half, this.lie.width), door.y - door.height - px * 0.6];
      ctx.lineWidth = 4;
      ctx.strokeStyle = "rgb(6 8 22 / .72)";
      ctx.strokeText(door.label, x, y, most);
      ctx.fillStyle = "hsl(40 90% 86%)";
      ctx.fillText(door.label, x, y, most);
    }
  }

  #drawLights(ctx, ms) {
    this.#lights = this.#lights.filter((began) => ms - began < LIGHT_MS);
    const { width, height } = this.#canvas;
    for (const began of this.#lights) {
      const share = Math.max(0, (ms - began) / LIGHT_MS);
      const isDream = this.#scene.layer === "dream";
      const strength = (this.isCalm ? 0.16 : 0.5) * Math.sin(Math.PI * Math.min(1, share * 1.02)) ** 2;
      const x = width * (this.isCalm ? 0.5 : -0.2 + 1.4 * share);
      const light = ctx.createRadialGradient(x, height * 0.3, 0, x, height * 0.3, width * 0.6);
      light.addColorStop(0, `hsl(${isDream ? 184 : 40} 100% 86% / ${strength})`);
      light.addColorStop(1, `hsl(${isDream ? 290 : 30} 100% 70% / 0)`);
      ctx.fillStyle = light;
      ctx.fillRect(0, 0, width, height);
    }
  }
}

/** Return the colours that a page around a scene should take on. */
export function moodOf(scene) {
  const palette = paletteOf(scene);
  return { deep: palette.skyTop, mid: palette.skyMid, glow: palette.glow };
}
