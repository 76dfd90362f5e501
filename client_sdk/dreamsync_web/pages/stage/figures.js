// People in the picture: paper lanterns on the floor, with a name, a light and what they just said.

/** Draw one figure with its feet at (x, y). `size` is its height in pixels. */
export function drawFigure(ctx, figure, x, y, size, ms) {
  const { hue, isMe, isDream, isUnderstudy, sway } = figure;
  const bob = figure.isMoving ? Math.abs(Math.sin(ms / 130 + sway)) * size * 0.045 : 0;
  const lean = Math.sin(ms / 1500 + sway) * size * 0.012;
  const side = Math.sin(figure.facing * Math.PI / 180) >= 0 ? 1 : -1;
  shadow(ctx, x, y, size, hue, isMe);
  ctx.save();
  ctx.translate(x + lean, y - bob);
  if (isDream) ctx.globalAlpha = 0.84;
  const [w, h] = [size * 0.36, size * 0.72];
  const body = ctx.createLinearGradient(-w / 2, -h, w / 2, 0);
  body.addColorStop(0, `hsl(${hue} ${isUnderstudy ? 26 : 66}% ${isUnderstudy ? 58 : 70}%)`);
  body.addColorStop(0.55, `hsl(${hue} ${isUnderstudy ? 22 : 48}% 42%)`);
  body.addColorStop(1, `hsl(${hue + 16} 42% 20%)`);
  ctx.beginPath();
  ctx.moveTo(-w * 0.16, -h);
  ctx.bezierCurveTo(-w * 0.52, -h * 0.82, -w * 0.4, -h * 0.3, -w * 0.56, -2);
  ctx.quadraticCurveTo(0, size * 0.045, w * 0.56, -2);
  ctx.bezierCurveTo(w * 0.4, -h * 0.3, w * 0.52, -h * 0.82, w * 0.16, -h);
  ctx.closePath();
  ctx.fillStyle = body;
  ctx.fill();
  if (isUnderstudy) {
    ctx.setLineDash([3, 4]);
    ctx.strokeStyle = `hsl(${hue} 70% 82% / .8)`;
    ctx.lineWidth = 1.2;
    ctx.stroke();
    ctx.setLineDash([]);
  }
  head(ctx, hue, size, h, side);
  lantern(ctx, size, h, side, ms + sway * 300, hue);
  ctx.restore();
}

function shadow(ctx, x, y, size, hue, isMe) {
  ctx.fillStyle = "rgb(2 3 12 / .5)";
  ctx.beginPath();
  ctx.ellipse(x, y, size * 0.27, size * 0.065, 0, 0, 7);
  ctx.fill();
  if (!isMe) return;
  ctx.strokeStyle = `hsl(${hue} 92% 78% / .9)`;
  ctx.lineWidth = Math.max(1.2, size * 0.016);
  ctx.beginPath();
  ctx.ellipse(x, y, size * 0.34, size * 0.088, 0, 0, 7);
  ctx.stroke();
}

function head(ctx, hue, size, h, side) {
  const r = size * 0.112;
  const y = -h - r * 0.5;
  // Hair behind, the face a little to the side that they look to.
  ctx.fillStyle = `hsl(${hue + 14} 36% 15%)`;
  ctx.beginPath();
  ctx.arc(0, y - r * 0.06, r * 1.1, 0, 7);
  ctx.fill();
  const skin = ctx.createRadialGradient(side * r * 0.7, y, 0, side * r * 0.2, y, r * 1.3);
  skin.addColorStop(0, "hsl(34 88% 89%)");
  skin.addColorStop(1, `hsl(${hue + 8} 38% 60%)`);
  ctx.fillStyle = skin;
  ctx.beginPath();
  ctx.ellipse(side * r * 0.3, y + r * 0.17, r * 0.72, r * 0.8, 0, 0, 7);
  ctx.fill();
  // A scarf of light where head and coat meet.
  ctx.fillStyle = `hsl(${hue} 74% 82% / .9)`;
  ctx.beginPath();
  ctx.ellipse(0, -h + r * 0.42, r * 0.82, r * 0.26, side * 0.12, 0, 7);
  ctx.fill();
}

function lantern(ctx, size, h, side, ms, hue) {
  const [x, y] = [side * size * 0.24, -h * 0.42];
  const wide = size * 0.034;
  ctx.strokeStyle = `hsl(${hue} 30% 30%)`;
  ctx.lineWidth = Math.max(1, size * 0.011);
  ctx.beginPath();
  ctx.moveTo(side * size * 0.08, -h * 0.66);
  ctx.quadraticCurveTo(x, -h * 0.66, x, y - wide);
  ctx.stroke();
  ctx.fillStyle = "hsl(44 100% 88%)";
  ctx.beginPath();
  ctx.roundRect(x - wide, y - wide * 1.1, wide * 2, wide * 2.4, wide * 0.6);
  ctx.fill();
  const glow = size * (0.34 + 0.02 * Math.sin(ms / 260));
  const light = ctx.createRadialGradient(x, y, 0, x, y, glow);
  light.addColorStop(0, "hsl(42 100% 86% / .95)");
  light.addColorStop(0.12, "hsl(38 100% 72% / .6)");
  light.addColorStop(1, `hsl(${hue} 90% 70% / 0)`);
  ctx.fillStyle = light;
  ctx.fillRect(x - glow, y - glow, 2 * glow, 2 * glow);
}

const EDGE = 6; // pixels kept free between a label and the picture's edge

/**
 * Write a name under a figure, within the picture. `taken` are the places of the names written so
 * far; one that `givesWay` moves down until it stands clear of them.
 */
export function drawName(ctx, figure, x, y, size, taken, givesWay = false) {
  const px = ratioOf(ctx) * Math.max(12, Math.min(15, (size / ratioOf(ctx)) * 0.13));
  const text = figure.name;
  ctx.font = `${figure.isMe ? "600 " : ""}${px}px ${FONT}`;
  ctx.textAlign = "center";
  const half = ctx.measureText(text).width / 2;
  const at = within(x, half, ctx.canvas.width);
  const place = { left: at - half, top: y + px * 0.5, wide: 2 * half, tall: px * 1.25 };
  const isOver = (other) => place.left < other.left + other.wide && other.left < place.left + place.wide
    && place.top < other.top + other.tall && other.top < place.top + place.tall;
  for (let tries = 0; givesWay && tries < 4 && taken.some(isOver); tries++) {
    place.top = Math.max(...taken.filter(isOver).map((other) => other.top + other.tall));
  }
  taken.push(place);
  ctx.lineWidth = 3.5;
  ctx.lineJoin = "round";
  ctx.strokeStyle = "rgb(6 8 22 / .8)";
  ctx.strokeText(text, at, place.top + px);
  ctx.fillStyle = figure.isMe ? `hsl(${figure.hue} 90% 86%)` : "rgb(232 228 244 / .92)";
  ctx.fillText(text, at, place.top + px);
}

/** Return where the middle of something goes that is so wide to either side. */
export const within = (x, half, width) => Math.max(half + EDGE, Math.min(width - half - EDGE, x));

/** Draw what a figure just said above it; `share` 0..1 is how much of its time is over. */
export function drawSpeech(ctx, text, x, y, width, share, taken) {
  const ratio = ratioOf(ctx);
  const px = ratio * Math.max(13, Math.min(16, width / ratio / 52));
  ctx.font = `${px}px ${SERIF}`;
  const lines = wrapped(ctx, text, Math.min(270 * ratio, width * 0.5));
  const wide = Math.max(...lines.map((line) => ctx.measureText(line).width)) + px * 1.5;
  const tall = lines.length * px * 1.35 + px * 0.9;
  const left = Math.min(width - wide - 8, Math.max(8, x - wide / 2));
  let top = Math.max(8, y - tall - px);
  // Two who speak at once do not speak over one another.
  for (const other of taken) {
    const isOver = left < other.left + other.wide && other.left < left + wide && top < other.top + other.tall && other.top < top + tall;
    if (isOver) top = Math.max(8, other.top - tall - px * 0.4);
  }
  taken.push({ left, top, wide, tall });
  ctx.save();
  ctx.globalAlpha = Math.min(1, share * 12, (1 - share) * 5);
  ctx.fillStyle = "hsl(42 46% 92%)";
  ctx.shadowColor = "rgb(0 0 0 / .45)";
  ctx.shadowBlur = 14;
  ctx.beginPath();
  ctx.roundRect(left, top, wide, tall, px * 0.7);
  ctx.fill();
  ctx.shadowBlur = 0;
  ctx.beginPath();
  const tip = Math.min(left + wide - px, Math.max(left + px, x));
  ctx.moveTo(tip - px * 0.45, top + tall - 1);
  ctx.lineTo(x, top + tall + px * 0.6);
  ctx.lineTo(tip + px * 0.45, top + tall - 1);
  ctx.fill();
  ctx.fillStyle = "#2a2540";
  // A line that is read from right to left begins at the bubble's other side.
  const isFromRight = getComputedStyle(ctx.canvas).direction === "rtl";
  ctx.textAlign = isFromRight ? "right" : "left";
  const edge = isFromRight ? left + wide - px * 0.75 : left + px * 0.75;
  lines.forEach((line, i) => ctx.fillText(line, edge, top + px * 1.35 * (i + 1)));
  ctx.restore();
}

const ratioOf = ({ canvas }) => canvas.width / (canvas.clientWidth || canvas.width);

function wrapped(ctx, text, most) {
  const lines = [""];
  for (const word of text.split(/\s+/)) {
    const longer = lines.at(-1) ? `${lines.at(-1)} ${word}` : word;
    if (ctx.measureText(longer).width <= most || !lines.at(-1)) lines[lines.length - 1] = longer;
    else lines.push(word);
    if (lines.length > 4) return [...lines.slice(0, 4).with(3, `${lines[3]} …`)];
  }
  return lines.map((line) => {
    let short = line;
    while (short.length > 8 && ctx.measureText(short).width > most * 1.15) short = `${short.slice(0, -4)}…`;
    return short;
  });
}

export const SERIF = '"Iowan Old Style", "Palatino Linotype", Palatino, "Book Antiqua", "URW Palladio L", P052, Georgia, serif';
export const FONT = '"Avenir Next", "Segoe UI Variable", "Segoe UI", Inter, system-ui, sans-serif';
