// Tells which texts of a page have too little contrast with what is behind them.
// Colours are laid over one another, and of a gradient its worst colour counts; 4.5 is enough, and
// 3 for what is large. Source: WCAG 2.2, 1.4.3.
() => {
  const parse = (text) => [...text.matchAll(/rgba?\(([^)]*)\)/g)].map((one) => {
    const [r, g, b, a = "1"] = one[1].split(/[ ,/]+/);
    return [+r, +g, +b, a.endsWith("%") ? parseFloat(a) / 100 : +a];
  });
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ratio = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
  const behind = (one) => {
    const chain = [];
    for (let at = one; at; at = at.parentElement) chain.unshift(at);
    let grounds = [[11, 14, 30, 1]];
    for (const at of chain) {
      const style = getComputedStyle(at);
      const [colour] = parse(style.backgroundColor);
      if (colour?.[3]) grounds = grounds.map((ground) => over(colour, ground));
      const stops = parse(style.backgroundImage);
      if (stops.length) grounds = stops.flatMap((stop) => grounds.map((ground) => over(stop, ground))).slice(0, 64);
    }
    return grounds;
  };
  const found = [];
  for (const one of document.querySelectorAll("body *")) {
    const text = [...one.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data).join("").trim();
    const box = one.getBoundingClientRect();
    if (!text || !box.width || !box.height || one.closest(".scene, .hero, [aria-hidden=true], .visually-hidden, :disabled, svg, s")) continue;
    const style = getComputedStyle(one);
    const opacity = (function seen(at) { return at ? +getComputedStyle(at).opacity * seen(at.parentElement) : 1; })(one);
    if (style.visibility === "hidden" || opacity < 0.3) continue;
    const [colour] = parse(style.color);
    const worst = Math.min(...behind(one).map((ground) => ratio(over([...colour.slice(0, 3), colour[3] * opacity], ground), ground)));
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.6 && +style.fontWeight >= 700);
    if (worst < (isLarge ? 3 : 4.5)) found.push(`${worst.toFixed(2)} ${one.tagName}.${one.className} ${text.slice(0, 40)}`);
  }
  return found;
}
