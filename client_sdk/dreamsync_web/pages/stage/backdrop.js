// The still part of a scene's picture: sky, walls, floor, ways out. Painted once for a scene.

import { chanceOf, numberOf } from "../shared/house.js";
import { FURNISH, kindOf } from "./motifs.js";

const DEPTH = 1.5; // how much smaller the far side is

/** Return the colours of a scene: blue hour when awake, violet and sea-green when it is a dream. */
export function paletteOf(scene) {
  const turn = (numberOf(scene.id) % 29) - 14;
  const isDream = scene.layer === "dream";
  const base = isDream ? 268 : 228;
  const tone = (h, s, l, a = 1) => `hsl(${(h + turn + 360) % 360} ${s}% ${l}% / ${a})`;
  return {
    id: scene.id,
    isDream,
    turn,
    tone,
    skyTop: tone(base - 4, isDream ? 52 : 50, isDream ? 10 : 7),
    skyMid: tone(base, isDream ? 46 : 44, isDream ? 23 : 19),
    skyLow: isDream ? tone(182, 42, 38) : tone(242, 34, 40),
    glow: isDream ? tone(318, 62, 70) : `hsl(${28 + turn / 3} 78% 66%)`,
    ground: isDream ? tone(246, 38, 13) : tone(226, 36, 10),
    groundFar: isDream ? tone(196, 38, 26) : tone(236, 30, 19),
    wall: isDream ? tone(276, 34, 19) : `hsl(${246 + turn / 2} 24% 14%)`,
    wallLow: isDream ? tone(300, 32, 25) : `hsl(${252 + turn / 2} 21% 19%)`,
    shade: isDream ? tone(272, 45, 8) : tone(232, 45, 5),
    lamp: "hsl(36 100% 74%)",
  };
}

/** How a scene lies on a canvas of so many pixels: where its floor points are, and its doors. */
export class Lie {
  constructor(width, height, scene) {
    this.width = width;
    this.height = height;
    const isTall = height > width * 0.8;
    this.horizon = Math.round(height * (isTall ? 0.46 : 0.5));
    this.near = height * 0.84; // names, and the scene's own, stand below
    const [steps, deep] = scene.size ?? [0, 0];
    this.steps = steps || 12;
    this.deep = deep || 8;
    // A long scene fills the width; a narrow one stands in the middle.
    const spread = Math.min(1.06, Math.max(0.72, 0.6 + this.steps / 40));
    this.left = width * (0.5 - spread / 2);
    this.span = width * spread;
  }

  /** Return [x, y, scale] on the canvas of a point of the floor, in steps from its near left. */
  at(x, y) {
    const far = 1 / (1 + DEPTH);
    const scale = 1 / (1 + DEPTH * Math.min(1, Math.max(0, y / this.deep)));
    const down = (scale - far) / (1 - far);
    const middle = this.left + this.span / 2;
    return [
      middle + (x / this.steps - 0.5) * this.span * (0.42 + 0.58 * scale),
      this.horizon + this.height * 0.03 + (this.near - this.horizon - this.height * 0.03) * down,
      scale,
    ];
  }

  /** Return the floor point, in steps, under a point of the canvas. */
  under(px, py) {
    const far = 1 / (1 + DEPTH);
    const top = this.horizon + this.height * 0.03;
    const down = Math.min(1, Math.max(0, (py - top) / (this.near - top)));
    const scale = far + down * (1 - far);
    const y = (1 / scale - 1) / DEPTH * this.deep;
    const middle = this.left + this.span / 2;
    const x = ((px - middle) / (this.span * (0.42 + 0.58 * scale)) + 0.5) * this.steps;
    return [Math.min(this.steps, Math.max(0, x)), Math.min(this.deep, Math.max(0, y))];
  }

  /** Return where a scene's ways out are drawn: {id, label, x, y, width, height}. */
  doors(exits) {
    const count = exits.length;
    const height = this.height * 0.2;
    const width = Math.min(height * 0.52, this.width / (count * 1.7 + 1));
    return exits.map((exit, i) => {
      const share = count === 1 ? 0.76 : 0.14 + (0.72 * i) / (count - 1);
      return { ...exit, x: this.width * share, y: this.horizon + this.height * 0.028, width, height };
    });
  }
}

/** Paint a scene's backdrop. `doors` are those of its lie. */
export function paintBackdrop(ctx, lie, scene, doors) {
  const palette = paletteOf(scene);
  const chance = chanceOf(numberOf(scene.id));
  const kind = kindOf(scene.id);
  const { width, height, horizon } = lie;
  sky(ctx, width, horizon + height * 0.06, palette);
  stars(ctx, width, horizon, chance, palette);
  floor(ctx, lie, palette);
  FURNISH[kind](ctx, lie, palette, chance);
  for (const door of doors) paintDoor(ctx, door, palette);
  vignette(ctx, width, height, palette);
}

function sky(ctx, width, bottom, palette) {
  const fall = ctx.createLinearGradient(0, 0, 0, bottom);
  fall.addColorStop(0, palette.skyTop);
  fall.addColorStop(0.42, palette.skyMid);
  fall.addColorStop(0.8, palette.skyLow);
  fall.addColorStop(1, palette.glow);
  ctx.fillStyle = fall;
  ctx.fillRect(0, 0, width, bottom);
}

function stars(ctx, width, horizon, chance, palette) {
  for (let i = 0; i < 130; i++) {
    const [x, y] = [chance() * width, chance() ** 1.6 * horizon * 0.9];
    ctx.fillStyle = `hsl(${palette.isDream ? 300 : 45} 60% 92% / ${0.12 + 0.6 * chance() * (1 - y / horizon)})`;
    ctx.beginPath();
    ctx.arc(x, y, 0.4 + chance() * (width / 1100), 0, 7);
    ctx.fill();
  }
}

function floor(ctx, lie, palette) {
  const top = lie.horizon + lie.height * 0.03;
  const fall = ctx.createLinearGradient(0, top, 0, lie.height);
  fall.addColorStop(0, palette.groundFar);
  fall.addColorStop(1, palette.ground);
  ctx.fillStyle = fall;
  ctx.fillRect(0, top, lie.width, lie.height - top);
}

function paintDoor(ctx, { x, y, width, height }, palette) {
  const light = palette.isDream ? "hsl(176 80% 80%" : "hsl(38 96% 76%";
  const halo = ctx.createRadialGradient(x, y - height * 0.4, 0, x, y - height * 0.4, height * 1.1);
  halo.addColorStop(0, `${light} / .26)`);
  halo.addColorStop(1, `${light} / 0)`);
  ctx.fillStyle = halo;
  ctx.fillRect(x - height * 1.2, y - height * 1.6, height * 2.4, height * 2.2);
  const [left, top, round] = [x - width / 2, y - height, width * (palette.isDream ? 0.5 : 0.12)];
  const fall = ctx.createLinearGradient(0, top, 0, y);
  fall.addColorStop(0, `${light} / .5)`);
  fall.addColorStop(1, `${light} / .95)`);
  ctx.beginPath();
  ctx.roundRect(left, top, width, height, [round, round, 0, 0]);
  ctx.fillStyle = palette.shade;
  ctx.fill();
  ctx.save();
  ctx.clip();
  // The door stands a hand's breadth open.
  ctx.fillStyle = fall;
  ctx.fillRect(left + width * 0.56, top, width * 0.44, height);
  ctx.restore();
  ctx.lineWidth = Math.max(1, height / 90);
  ctx.strokeStyle = `${light} / .55)`;
  ctx.stroke();
  // The light lies on the floor.
  ctx.beginPath();
  ctx.moveTo(left + width * 0.56, y);
  ctx.lineTo(left + width, y);
  ctx.lineTo(left + width * 1.7, y + height * 0.5);
  ctx.lineTo(left + width * 0.5, y + height * 0.5);
  const spill = ctx.createLinearGradient(0, y, 0, y + height * 0.5);
  spill.addColorStop(0, `${light} / .4)`);
  spill.addColorStop(1, `${light} / 0)`);
  ctx.fillStyle = spill;
  ctx.fill();
}

function vignette(ctx, width, height, palette) {
  const dark = ctx.createRadialGradient(width / 2, height * 0.52, height * 0.35, width / 2, height * 0.5, Math.max(width, height) * 0.75);
  dark.addColorStop(0, "rgb(4 6 18 / 0)");
  dark.addColorStop(1, palette.isDream ? "rgb(18 4 34 / .6)" : "rgb(3 5 16 / .66)");
  ctx.fillStyle = dark;
  ctx.fillRect(0, 0, width, height);
}

/** Draw a dream's sky over its backdrop: it is never still. */
export function drawVeils(ctx, ms) {
  const { width, height } = ctx.canvas;
  ctx.save();
  ctx.globalCompositeOperation = "screen";
  for (let i = 0; i < 3; i++) {
    const y = height * (0.12 + i * 0.1);
    const fall = ctx.createLinearGradient(0, y - height * 0.1, 0, y + height * 0.2);
    fall.addColorStop(0, "hsl(280 80% 60% / 0)");
    fall.addColorStop(0.5, `hsl(${170 + i * 55} 76% 62% / .17)`);
    fall.addColorStop(1, "hsl(280 80% 60% / 0)");
    ctx.fillStyle = fall;
    ctx.beginPath();
    ctx.moveTo(0, height * 0.6);
    for (let x = 0; x < width * 1.08; x += width / 14) {
      ctx.lineTo(x, y + Math.sin(x / width * 5 + ms / (3600 + i * 900) + i * 2) * height * 0.09 - height * 0.08);
    }
    ctx.lineTo(width * 1.1, height * 0.6);
    ctx.fill();
  }
  ctx.restore();
}

/** The more has happened of late, the more the fabric shows its seams; a dream's most of all. */
export function drawTears(ctx, ms, scene, strain, ratio) {
  const most = scene.layer === "dream" ? 4 : 1;
  const count = Math.round(strain * most);
  if (!count) return;
  const { width, height } = ctx.canvas;
  const chance = chanceOf(numberOf(`${scene.id} tears`));
  ctx.save();
  ctx.globalCompositeOperation = "screen";
  for (let i = 0; i < count; i++) {
    let [x, y] = [width * (0.12 + chance() * 0.76), height * (0.06 + chance() * 0.2)];
    const points = [[x, y]];
    for (let j = 0; j < 7; j++) points.push([x += (chance() - 0.5) * width * 0.04, y += height * 0.04]);
    const open = (0.5 + 0.5 * Math.sin(ms / 900 + i)) * strain;
    for (const [wide, light] of [[10, 0.06], [4, 0.16], [1.1, 0.62]]) {
      ctx.strokeStyle = `hsl(${190 + i * 24} 92% 84% / ${light * (0.4 + 0.6 * open)})`;
      ctx.lineWidth = wide * ratio * (0.5 + open);
      ctx.beginPath();
      points.forEach(([px, py], j) => (j ? ctx.lineTo(px, py) : ctx.moveTo(px, py)));
      ctx.stroke();
    }
  }
  ctx.restore();
}
