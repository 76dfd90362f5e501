// Names in the picture of a scene: within its edges, and one clear of another.

import assert from "node:assert/strict";
import test from "node:test";
import { drawName } from "../../client_sdk/dreamsync_web/pages/stage/figures.js";

/** A canvas's context that keeps what is written, ten pixels a letter. */
function sheet(width) {
  const written = [];
  return {
    written,
    canvas: { width, clientWidth: width },
    measureText: (text) => ({ width: 10 * text.length }),
    strokeText: () => {},
    fillText: (text, x, y) => written.push({ text, x, y }),
  };
}

test("a name at the edge is written whole", () => {
  const ctx = sheet(400);
  drawName(ctx, { name: "the letters left in books" }, 390, 100, 90, []);
  drawName(ctx, { name: "the letters left in books" }, 4, 100, 90, []);
  for (const { text, x } of ctx.written) {
    assert.ok(x - 5 * text.length >= 0 && x + 5 * text.length <= 400, `${x}`);
  }
});

test("what lies at somebody's feet is named below their name", () => {
  const ctx = sheet(400);
  const taken = [];
  drawName(ctx, { name: "Juno" }, 200, 100, 90, taken);
  drawName(ctx, { name: "nineteen drawings" }, 210, 104, 90, taken, true);
  drawName(ctx, { name: "a pencil" }, 190, 104, 90, taken, true);
  const lines = ctx.written.map(({ y }) => y);
  assert.ok(lines[1] >= lines[0] + 12 && lines[2] >= lines[1] + 12, `${lines}`);
});

test("a name that nothing is near stays where it is", () => {
  const ctx = sheet(400);
  drawName(ctx, { name: "a" }, 100, 50, 90, [{ left: 300, top: 50, wide: 50, tall: 20 }], true);
  assert.equal(ctx.written[0].x, 100);
});
