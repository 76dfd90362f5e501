// What furnishes a scene's picture, guessed from its id: a room, a street, trees, water, …

import { boards, lamp, moon, room, spines, wall } from "./rooms.js";

const KINDS = [
  ["racks", /server|archive|ward|stack|loading|lab\b|store|machine|facility/],
  ["corridor", /corridor|passage|tunnel|stair|between|duct|seam|stratum/],
  ["street", /street|alley|queue|square|yard|bridge|city|market|station/],
  ["grove", /orchard|garden|meadow|forest|wood|field|park|grass/],
  ["water", /lagoon|\bsea|lake|river|shore|water|harbour|pool|beach|shallow|\bwell\b/],
  ["towers", /citadel|castle|palace|temple|ruin|roof/],
  ["hall", /hall|stage|floor|council|expo|theatre|church|arena|court|lobby|rehearsal|school/],
  ["room", /kitchen|room|house|home|office|study|attic|cellar|reading|library|tower|shop|tent|cabin|studio|loft|dorm|bakery/],
];

/** Return the kind of a scene; the last part of its id says most. Unknown ones are open country. */
export function kindOf(id) {
  const parts = id.split(".").reverse();
  for (const part of parts) {
    for (const [kind, pattern] of KINDS) if (pattern.test(part)) return kind;
  }
  return "grove";
}

function street(ctx, lie, palette, chance) {
  moon(ctx, lie.width * 0.78, lie.horizon * 0.24, lie.height * 0.032, palette);
  for (const layer of [0, 1, 2]) {
    const base = lie.horizon + lie.height * 0.031;
    let x = -10;
    while (x < lie.width) {
      const w = lie.width * (0.05 + chance() * 0.07);
      const h = lie.horizon * (0.66 - layer * 0.17) * (0.45 + chance() * 0.55);
      ctx.fillStyle = `hsl(${232 + palette.turn} ${34 - layer * 4}% ${17 - layer * 4.5}%)`;
      ctx.fillRect(x, base - h, w + 1, h);
      if (layer) windows(ctx, x, base - h, w, h, chance);
      x += w;
    }
  }
  boards(ctx, lie, palette, 4);
  for (const share of [0.1, 0.42, 0.9]) {
    const [x, y] = [lie.width * share, lie.horizon + lie.height * 0.05];
    ctx.fillStyle = palette.shade;
    ctx.fillRect(x - 1.5, y - lie.height * 0.27, 3, lie.height * 0.27);
    lamp(ctx, x, y - lie.height * 0.27, Math.min(lie.height * 0.34, lie.width * 0.2), "36 100% 72%", 0.5);
    ctx.fillStyle = "hsl(44 100% 88%)";
    ctx.beginPath();
    ctx.arc(x, y - lie.height * 0.27, lie.height * 0.008, 0, 7);
    ctx.fill();
  }
}

function windows(ctx, x, y, w, h, chance) {
  for (let row = y + 8; row < y + h - 10; row += 15) {
    for (let column = x + 6; column < x + w - 8; column += 12) {
      if (chance() > 0.2) continue;
      ctx.fillStyle = `hsl(${chance() > 0.75 ? 205 : 38} 80% 72% / ${0.25 + chance() * 0.5})`;
      ctx.fillRect(column, row, 4, 6);
    }
  }
}

function tree(ctx, x, y, size, palette, chance) {
  ctx.strokeStyle = palette.shade;
  ctx.lineCap = "round";
  const grow = (x0, y0, angle, length, width) => {
    const [x1, y1] = [x0 + Math.cos(angle) * length, y0 + Math.sin(angle) * length];
    ctx.lineWidth = width;
    ctx.beginPath();
    ctx.moveTo(x0, y0);
    ctx.lineTo(x1, y1);
    ctx.stroke();
    if (length < size * 0.09) return void blossom(ctx, x1, y1, size, palette, chance);
    for (const turn of [-0.5, 0.42]) grow(x1, y1, angle + turn * (0.6 + chance() * 0.8), length * (0.66 + chance() * 0.14), width * 0.66);
  };
  grow(x, y, -Math.PI / 2 + (chance() - 0.5) * 0.2, size * 0.34, size * 0.045);
}

function blossom(ctx, x, y, size, palette, chance) {
  const hue = palette.isDream ? 318 + chance() * 40 : 215 + chance() * 30;
  for (let i = 0; i < 3; i++) {
    ctx.fillStyle = `hsl(${hue} ${palette.isDream ? 70 : 24}% ${(palette.isDream ? 68 : 28) + chance() * 16}% / ${0.25 + chance() * 0.35})`;
    ctx.beginPath();
    ctx.arc(x + (chance() - 0.5) * size * 0.14, y + (chance() - 0.5) * size * 0.12, size * (0.018 + chance() * 0.04), 0, 7);
    ctx.fill();
  }
}

function grove(ctx, lie, palette, chance) {
  moon(ctx, lie.width * 0.64, lie.horizon * 0.3, lie.height * 0.05, palette);
  hills(ctx, lie, palette, chance);
  for (let i = 0; i < 9; i++) {
    const side = (i + 0.5) / 9 + (chance() - 0.5) * 0.05;
    const near = Math.abs(side - 0.5) * 1.3;
    const y = lie.horizon + lie.height * (0.035 + near * 0.07);
    tree(ctx, lie.width * side, y, lie.height * (0.26 + near * 0.34), palette, chance);
  }
  grass(ctx, lie, palette, chance);
}

function hills(ctx, lie, palette, chance) {
  for (const layer of [0, 1]) {
    ctx.fillStyle = palette.tone(palette.isDream ? 215 : 228, 32, 22 - layer * 7);
    ctx.beginPath();
    ctx.moveTo(0, lie.horizon + lie.height * 0.05);
    const waves = [chance() * 6, chance() * 3 + 2];
    for (let x = 0; x <= lie.width; x += 12) {
      const lift = Math.sin(x / lie.width * waves[1] + waves[0]) * 0.5 + 0.5;
      ctx.lineTo(x, lie.horizon + lie.height * (0.02 - lift * (0.1 - layer * 0.05)));
    }
    ctx.lineTo(lie.width, lie.horizon + lie.height * 0.05);
    ctx.fill();
  }
}

function grass(ctx, lie, palette, chance) {
  ctx.lineWidth = 1;
  for (let i = 0; i < 420; i++) {
    const [x, y, scale] = lie.at(chance() * lie.steps * 1.5 - lie.steps * 0.25, chance() ** 0.7 * lie.deep);
    ctx.strokeStyle = palette.tone(palette.isDream ? 172 : 216, 42, 30 + chance() * 18, 0.3);
    ctx.beginPath();
    ctx.moveTo(x, y);
    ctx.lineTo(x + (chance() - 0.5) * 8, y - lie.height * 0.03 * scale);
    ctx.stroke();
  }
}

function water(ctx, lie, palette, chance) {
  const x = lie.width * 0.36;
  moon(ctx, x, lie.horizon * 0.36, lie.height * 0.055, palette);
  hills(ctx, lie, palette, chance);
  for (let i = 0; i < 150; i++) {
    const t = chance();
    const y = lie.horizon + lie.height * (0.04 + t * t * 0.44);
    const near = chance() < 0.5;
    const w = lie.width * (0.01 + t * 0.07);
    ctx.fillStyle = near ? `hsl(320 80% 88% / ${0.32 * (1 - t)})` : `hsl(184 70% 74% / ${0.1 + 0.12 * chance()})`;
    ctx.fillRect(near ? x + (chance() - 0.5) * lie.width * 0.1 * (1 + t) - w / 2 : chance() * lie.width, y, w, 1.4);
  }
}

function towers(ctx, lie, palette, chance) {
  moon(ctx, lie.width * 0.7, lie.horizon * 0.28, lie.height * 0.07, palette);
  for (const layer of [0, 1]) {
    for (let i = 0; i < 6; i++) {
      const w = lie.width * (0.04 + chance() * 0.05);
      const h = lie.horizon * (0.45 + chance() * 0.45) * (1 - layer * 0.3);
      const x = lie.width * ((i + chance()) / 6) - w / 2;
      const base = lie.horizon + lie.height * 0.031;
      ctx.fillStyle = palette.tone(262, 34, 24 - layer * 10);
      ctx.fillRect(x, base - h, w, h);
      ctx.beginPath();
      ctx.moveTo(x - w * 0.12, base - h);
      ctx.lineTo(x + w / 2, base - h - w * 1.5);
      ctx.lineTo(x + w * 1.12, base - h);
      ctx.fill();
      ctx.fillStyle = "hsl(40 95% 76% / .7)";
      if (layer) ctx.fillRect(x + w * 0.42, base - h * 0.7, w * 0.14, w * 0.3);
    }
  }
  boards(ctx, lie, palette, 10);
}

function corridor(ctx, lie, palette, chance) {
  wall(ctx, lie, palette);
  boards(ctx, lie, palette, 18);
  for (let i = 0; i < 7; i++) {
    const x = lie.width * ((i + 0.5) / 7);
    const w = lie.width * 0.06;
    const light = `${palette.isDream ? 280 + chance() * 90 : 210} 70% 76%`;
    ctx.fillStyle = `hsl(${light} / .22)`;
    ctx.beginPath();
    ctx.roundRect(x - w / 2, lie.horizon * 0.36, w, lie.horizon * 0.68, [w / 2, w / 2, 0, 0]);
    ctx.fill();
    lamp(ctx, x, lie.horizon * 0.7, lie.height * 0.3, light, 0.3);
  }
}

function hall(ctx, lie, palette, chance) {
  wall(ctx, lie, palette);
  const rows = 5;
  for (let i = 0; i < rows; i++) {
    const w = lie.width / (rows + 0.8);
    const x = lie.width * ((i + 0.5) / rows) - w * 0.43;
    const lift = Math.abs(i - (rows - 1) / 2) * lie.horizon * 0.06;
    const fall = ctx.createLinearGradient(x, 0, x + w, lie.horizon * 0.6);
    fall.addColorStop(0, palette.tone(228, 60, 30));
    fall.addColorStop(1, palette.tone(282 + chance() * 40, 58, 58));
    ctx.fillStyle = fall;
    ctx.globalAlpha = 0.75;
    ctx.fillRect(x, lie.horizon * 0.14 + lift, w * 0.86, lie.horizon * 0.44);
    ctx.globalAlpha = 1;
    for (let j = 0; j < 12; j++) {
      ctx.fillStyle = `hsl(50 80% 94% / ${chance() * 0.7})`;
      ctx.fillRect(x + chance() * w * 0.84, lie.horizon * (0.16 + chance() * 0.38) + lift, 1.6, 1.6);
    }
    lamp(ctx, x + w * 0.43, lie.horizon * 0.6 + lift, lie.height * 0.34, "262 70% 76%", 0.26);
  }
  boards(ctx, lie, palette, 20);
}

function racks(ctx, lie, palette, chance) {
  const isPaper = /stack|archive|library|store/.test(palette.id);
  wall(ctx, lie, palette);
  const base = lie.horizon + lie.height * 0.05;
  for (let i = 0; i < 11; i++) {
    const w = lie.width / 13.5;
    const x = lie.width * ((i + 0.5) / 11) - w / 2;
    const h = lie.horizon * (0.62 + 0.12 * Math.abs(i - 5) / 5);
    ctx.fillStyle = palette.shade;
    ctx.fillRect(x, base - h, w, h);
    for (let row = 0; row < 9; row++) {
      if (isPaper) {
        spines(ctx, x + 3, base - h + row * (h / 9), w - 6, h / 9, chance);
        continue;
      }
      ctx.fillStyle = "hsl(225 30% 30% / .5)";
      ctx.fillRect(x + 3, base - h + (row + 0.6) * (h / 9), w - 6, 1);
      if (chance() > 0.45) continue;
      ctx.fillStyle = `hsl(${chance() > 0.8 ? 34 : 200} 95% 72% / ${0.4 + chance() * 0.6})`;
      ctx.fillRect(x + 5 + chance() * (w - 14), base - h + (row + 0.25) * (h / 9), 3, 3);
    }
  }
  lamp(ctx, lie.width * 0.5, lie.horizon * 0.1, lie.height * 0.8, isPaper ? "38 90% 70%" : "204 80% 74%", 0.42);
  boards(ctx, lie, palette, 22);
}

/** How each kind of scene is furnished: (ctx, lie, palette, chance). */
export const FURNISH = { room, street, grove, water, towers, corridor, hall, racks };
