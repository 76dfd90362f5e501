// Takes steps as lines of JSON, does them with the JavaScript SDK, and answers each with a line.
// What it answers is compared with what the Python SDK saw, step by step: see test_conformance.py.

import { createInterface } from "node:readline";
import { connect } from "../../client_sdk/dreamsync_web/sdk/dreamsync.js";

const [url, kind] = process.argv.slice(2);
const dream = await connect(url, { json: kind === "json" });
const viewers = new Map();
const read = new Map();
const hits = [];
const onHit = (hit) => hits.push(hit.when);
let world;

const isPlain = (value) => typeof value !== "object" || Array.isArray(value);
const seen = (viewer) => ({
  role: viewer.role,
  seat: viewer.seat,
  facts: Object.entries(viewer.facts())
    .filter(([name]) => isPlain(viewer.mirror.facts.get(name)) && !/^(clock|choice)\.|scribed/.test(name))
    .sort(([a], [b]) => (a < b ? -1 : 1)),
  offers: viewer.actions().map((offer) => [offer.id, offer.is_ready ?? true, offer.code ?? "ok"]),
  choices: viewer.choices.map((choice) => choice.id),
  mismatches: viewer.mismatches,
  resets: viewer.resets,
});

const STEPS = {
  async create({ pack, options }) {
    world = await dream.createWorld(pack, options);
    return Object.keys(world).filter((key) => key !== "type" && key !== "q").sort();
  },
  async enter({ who, role, name }) {
    const viewer = await dream.enter(world.world, { role, name, invite: world.invite });
    viewers.set(who, viewer);
    return seen(viewer);
  },
  async watch({ who }) {
    viewers.set(who, await dream.watch(world.world, { invite: world.invite }));
    return seen(viewers.get(who));
  },
  async desk({ who }) {
    viewers.set(who, await dream.desk(world.world, { token: world.desk_token }));
    return viewers.get(who).mirror.as;
  },
  async propose({ who, plain: { type, ...fields } }) {
    const { ok, code, text = "", args = {} } = await viewers.get(who).propose(type, fields);
    return { ok, code, text, args };
  },
  async why({ who, beat }) {
    const { code, leaves = [] } = await viewers.get(who).why(beat);
    return [code, leaves.map((leaf) => [leaf.text, leaf.holds])];
  },
  async when({ who, condition }) {
    await viewers.get(who).when(condition, onHit);
    return null;
  },
  async unwatch({ who }) {
    try {
      await viewers.get(who).unwatch(onHit);
      return null;
    } catch (error) {
      return [error.name, error.code];
    }
  },
  async hits({ count }) {
    while (hits.length < count) await new Promise((resolve) => { setTimeout(resolve, 5); });
    return hits;
  },
  async people({ who }) {
    return (await viewers.get(who).people()).map(({ name, as, role = "" }) => [name, as, role]);
  },
  async events({ who, until }) {
    const told = [];
    if (!read.has(who)) read.set(who, viewers.get(who).events());
    while (true) {
      const { value, done } = await read.get(who).next();
      if (done) return told;
      if (value.key === "first") continue;
      told.push([value.kind, value.who ?? "", value.text ?? "", value.reach ?? "all"]);
      if (value.text === until) return told;
    }
  },
  async see({ who }) { return seen(viewers.get(who)); },
  async refused({ role }) {
    try {
      await dream.enter(world.world, { role, invite: world.invite });
      return "entered";
    } catch (error) {
      return [error.name, error.code];
    }
  },
  async past({ who }) {
    const desk = viewers.get(who);
    const marks = [];
    for (let after = 0; after !== undefined;) {
      const page = await desk.history(after);
      marks.push(...page.marks.filter((mark) => mark.by !== "director"));
      after = page.next;
    }
    const [, joined] = marks.filter((mark) => mark.kind === "join");
    const look = await desk.look(joined.seq, "ben");
    const made = await desk.branch(joined.seq, "What if?");
    const erased = await desk.erase(joined.session, "asked");
    return [
      marks.map((mark) => [mark.kind, mark.by, mark.what ?? "", mark.title ?? "", mark.name ?? "", mark.why ?? ""]),
      [look.eyes, Object.keys(look.facts).sort(), look.lines.map((line) => line.text)],
      Object.keys(made).sort(), erased,
    ];
  },
  async leave({ who }) {
    await viewers.get(who).leave();
    return viewers.get(who).isOver;
  },
};

console.log(JSON.stringify("ready"));
for await (const line of createInterface({ input: process.stdin })) {
  const step = JSON.parse(line);
  try {
    console.log(JSON.stringify((await STEPS[step.do](step)) ?? null));
  } catch (error) {
    console.log(JSON.stringify({ error: String(error.stack ?? error) }));
  }
}
dream.close();
process.exit(0);
