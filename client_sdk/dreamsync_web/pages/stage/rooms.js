// Rooms, and the brushes that all pictures share: light, a moon, walls, boards, shelves.

/** Light around a point. `warmth` is a hue, saturation and lightness. */
export const lamp = (ctx, x, y, reach, warmth = "36 100% 72%", strength = 0.5) => {
  const light = ctx.createRadialGradient(x, y, 0, x, y, reach);
  light.addColorStop(0, `hsl(${warmth} / ${strength})`);
  light.addColorStop(0.4, `hsl(${warmth} / ${strength * 0.3})`);
  light.addColorStop(1, `hsl(${warmth} / 0)`);
  ctx.fillStyle = light;
  ctx.fillRect(x - reach, y - reach, 2 * reach, 2 * reach);
};

export function moon(ctx, x, y, r, palette) {
  lamp(ctx, x, y, r * 7, palette.isDream ? "310 80% 84%" : "45 70% 86%", 0.34);
  ctx.fillStyle = palette.isDream ? "hsl(320 80% 92%)" : "hsl(44 70% 91%)";
  ctx.beginPath();
  ctx.arc(x, y, r, 0, 7);
  ctx.fill();
  ctx.fillStyle = palette.isDream ? "hsl(300 40% 80% / .5)" : "hsl(40 30% 74% / .45)";
  for (const [dx, dy, s] of [[-0.3, -0.2, 0.24], [0.25, 0.3, 0.17], [0.35, -0.35, 0.11]]) {
    ctx.beginPath();
    ctx.arc(x + dx * r, y + dy * r, s * r, 0, 7);
    ctx.fill();
  }
}

export function boards(ctx, lie, palette, count) {
  ctx.strokeStyle = palette.isDream ? "hsl(190 60% 75% / .13)" : "hsl(32 45% 70% / .1)";
  ctx.lineWidth = 1;
  for (let i = -2; i <= count + 2; i++) {
    const [x0, y0] = lie.at((i / count) * lie.steps, lie.deep);
    const [x1, y1] = lie.at((i / count) * lie.steps, 0);
    ctx.beginPath();
    ctx.moveTo(x0, y0);
    ctx.lineTo(x1, y1 + lie.height * 0.03);
    ctx.stroke();
  }
}

export function wall(ctx, lie, palette) {
  const bottom = lie.horizon + lie.height * 0.031;
  const fall = ctx.createLinearGradient(0, 0, 0, bottom);
  fall.addColorStop(0, palette.shade);
  fall.addColorStop(0.5, palette.wall);
  fall.addColorStop(1, palette.wallLow);
  ctx.fillStyle = fall;
  ctx.fillRect(0, 0, lie.width, bottom);
  ctx.fillStyle = "rgb(0 0 0 / .28)";
  ctx.fillRect(0, bottom - lie.height * 0.014, lie.width, lie.height * 0.014);
}

/** A row of books or files: backs of every height, a few of them gone. */
export function spines(ctx, x, y, width, height, chance) {
  let at = x;
  while (at < x + width - 3) {
    const wide = 2 + chance() * 4;
    const tall = height * (0.5 + chance() * 0.36);
    if (chance() > 0.14) {
      ctx.fillStyle = `hsl(${chance() > 0.3 ? 20 + chance() * 26 : 200 + chance() * 40} ${18 + chance() * 26}% ${20 + chance() * 26}%)`;
      ctx.fillRect(at, y + height - tall, Math.min(wide, x + width - at), tall);
    }
    at += wide + 0.7;
  }
}

function windowPane(ctx, x, y, w, h, palette, chance) {
  ctx.save();
  ctx.beginPath();
  ctx.roundRect(x, y, w, h, palette.isDream ? [w / 2, w / 2, 4, 4] : 3);
  ctx.clip();
  const fall = ctx.createLinearGradient(0, y, 0, y + h);
  fall.addColorStop(0, palette.skyMid);
  fall.addColorStop(0.7, palette.skyLow);
  fall.addColorStop(1, palette.glow);
  ctx.fillStyle = fall;
  ctx.fillRect(x, y, w, h);
  for (let i = 0; i < 26; i++) {
    ctx.fillStyle = `hsl(48 60% 94% / ${0.2 + chance() * 0.6})`;
    ctx.fillRect(x + chance() * w, y + chance() * h * 0.7, 1.3, 1.3);
  }
  moon(ctx, x + w * 0.68, y + h * 0.3, w * 0.1, palette);
  ctx.fillStyle = "hsl(232 45% 9% / .9)";
  for (let i = 0; i < 7; i++) {
    const tall = h * (0.08 + chance() * 0.16);
    ctx.fillRect(x + (i * w) / 7, y + h - tall, w / 7 + 1, tall);
  }
  ctx.restore();
  ctx.strokeStyle = palette.shade;
  ctx.lineWidth = Math.max(3, w * 0.035);
  ctx.beginPath();
  ctx.roundRect(x, y, w, h, palette.isDream ? [w / 2, w / 2, 4, 4] : 3);
  ctx.moveTo(x + w / 2, y);
  ctx.lineTo(x + w / 2, y + h);
  ctx.moveTo(x, y + h * 0.52);
  ctx.lineTo(x + w, y + h * 0.52);
  ctx.stroke();
  // Moonlight on the floor.
  ctx.fillStyle = palette.isDream ? "hsl(300 70% 85% / .07)" : "hsl(220 70% 82% / .07)";
  ctx.beginPath();
  ctx.moveTo(x, y + h * 1.55);
  ctx.lineTo(x + w, y + h * 1.55);
  ctx.lineTo(x + w * 0.7, y + h * 3.2);
  ctx.lineTo(x - w * 0.8, y + h * 3.2);
  ctx.fill();
}

function table(ctx, lie, palette) {
  const [x, y, scale] = lie.at(lie.steps * 0.5, lie.deep * 0.82);
  const w = lie.width * 0.2 * scale * 1.5;
  const h = lie.height * 0.085;
  ctx.fillStyle = palette.shade;
  ctx.beginPath();
  ctx.ellipse(x, y - h, w / 2, h * 0.2, 0, 0, 7);
  ctx.fill();
  ctx.fillRect(x - w * 0.36, y - h, w * 0.035, h);
  ctx.fillRect(x + w * 0.33, y - h, w * 0.035, h);
  ctx.fillStyle = "hsl(36 60% 60% / .3)";
  ctx.beginPath();
  ctx.ellipse(x, y - h * 1.03, w * 0.46, h * 0.14, 0, 0, 7);
  ctx.fill();
  for (const side of [-0.14, 0.12]) {
    ctx.fillStyle = "hsl(42 50% 80% / .85)";
    ctx.fillRect(x + side * w - w * 0.022, y - h * 1.3, w * 0.045, h * 0.24);
  }
}

function beds(ctx, lie, palette) {
  for (const share of [0.3, 0.62]) {
    const [x, y, scale] = lie.at(lie.steps * share, lie.deep * 0.86);
    const [w, h] = [lie.width * 0.16 * scale * 1.5, lie.height * 0.07];
    ctx.fillStyle = palette.shade;
    ctx.fillRect(x - w / 2, y - h * 2.1, w * 0.06, h * 2.1);
    ctx.fillRect(x + w * 0.44, y - h * 1.3, w * 0.06, h * 1.3);
    ctx.fillStyle = palette.tone(238, 28, 34);
    ctx.beginPath();
    ctx.roundRect(x - w * 0.45, y - h * 1.1, w * 0.9, h * 0.75, h * 0.3);
    ctx.fill();
    ctx.fillStyle = "hsl(42 40% 82% / .85)";
    ctx.beginPath();
    ctx.roundRect(x - w * 0.43, y - h * 1.4, w * 0.24, h * 0.42, h * 0.2);
    ctx.fill();
    // A ring of light on its hook, breathing.
    ctx.strokeStyle = "hsl(190 80% 78% / .7)";
    ctx.lineWidth = 2;
    ctx.beginPath();
    ctx.ellipse(x - w * 0.3, y - h * 3.1, h * 0.42, h * 0.42, 0, 0, 7);
    ctx.stroke();
    lamp(ctx, x - w * 0.3, y - h * 3.1, h * 2.4, "190 80% 74%", 0.3);
  }
}

function shelves(ctx, lie, palette, chance) {
  for (const share of [0.05, 0.43, 0.62, 0.88]) {
    const [x, w] = [lie.width * share, lie.width * 0.1];
    ctx.fillStyle = palette.shade;
    ctx.fillRect(x - 4, lie.horizon * 0.2, w + 8, lie.horizon * 0.84);
    for (let row = 0; row < 6; row++) spines(ctx, x, lie.horizon * (0.22 + row * 0.135), w, lie.horizon * 0.125, chance);
  }
}

function rafters(ctx, lie, palette) {
  ctx.fillStyle = "rgb(6 5 16 / .72)";
  for (const side of [-1, 1]) {
    const edge = side < 0 ? 0 : lie.width;
    ctx.beginPath();
    ctx.moveTo(edge, 0);
    ctx.lineTo(lie.width / 2, 0);
    ctx.lineTo(edge, lie.horizon * 0.86);
    ctx.fill();
  }
  ctx.strokeStyle = palette.shade;
  ctx.lineWidth = lie.height * 0.016;
  for (const share of [0.18, 0.36]) {
    ctx.beginPath();
    ctx.moveTo(lie.width * share, lie.horizon * (0.9 - share * 1.6));
    ctx.lineTo(lie.width * (1 - share), lie.horizon * (0.9 - share * 1.6));
    ctx.stroke();
  }
}

function pendant(ctx, lie, palette, x, y, size) {
  ctx.strokeStyle = "rgb(0 0 0 / .6)";
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  ctx.moveTo(x, 0);
  ctx.lineTo(x, y - size * 0.1);
  ctx.stroke();
  ctx.fillStyle = "hsl(34 60% 30%)";
  ctx.beginPath();
  ctx.moveTo(x - size * 0.05, y - size * 0.1);
  ctx.lineTo(x + size * 0.05, y - size * 0.1);
  ctx.lineTo(x + size * 0.2, y + size * 0.04);
  ctx.lineTo(x - size * 0.2, y + size * 0.04);
  ctx.fill();
  const reach = Math.min(lie.height * 0.62, lie.width * 0.5);
  lamp(ctx, x, y + size * 0.06, reach, palette.isDream ? "320 90% 82%" : "35 100% 70%", 0.62);
}

/** A room: what stands in it is guessed from its id. */
export function room(ctx, lie, palette, chance) {
  const is = (words) => words.test(palette.id);
  const size = Math.min(lie.width * 0.17, lie.horizon * 0.42);
  wall(ctx, lie, palette);
  if (is(/attic|loft/)) rafters(ctx, lie, palette);
  if (is(/reading|library|study/)) shelves(ctx, lie, palette, chance);
  if (is(/tower|office|top/)) {
    windowPane(ctx, lie.width * 0.2, lie.horizon * 0.16, lie.width * 0.6, lie.horizon * 0.7, palette, chance);
  } else {
    windowPane(ctx, lie.width * 0.3 - size / 2, lie.horizon * 0.26, size, size * 1.25, palette, chance);
  }
  boards(ctx, lie, palette, 14);
  if (is(/bed|children|ward|sleep/)) beds(ctx, lie, palette);
  else if (!is(/attic|loft|tower/)) table(ctx, lie, palette);
  if (is(/reading|library/)) {
    for (const share of [0.2, 0.5, 0.8]) pendant(ctx, lie, palette, lie.width * share, lie.horizon * 0.34, size * 0.6);
  } else {
    pendant(ctx, lie, palette, lie.width * (is(/attic|tower/) ? 0.62 : 0.5), lie.horizon * 0.4, size);
  }
}
