// The door to a server: open and list worlds, enter them, watch them, sit at their desk.
//
//   import { connect } from "./sdk/dreamsync.js";
//   const dream = await connect("ws://127.0.0.1:8765");
//   const leo = await dream.enter(world, { role: "leo", name: "Ari", invite });
//   const outcome = await leo.act("talk", { words: "now?" });
//   for await (const event of leo.events()) console.log(event.who_name, event.text);

import { JSON_CODEC, msgpackCodec } from "./codec.js";
import { UsageError } from "./errors.js";
import { SOCKET_PATH } from "./protocol.js";
import { Conversation, Player, Viewer } from "./viewer.js";

export * from "./errors.js";
export { Player, Viewer } from "./viewer.js";
export { fineAt, valueAt } from "./drift.js";

const CLIENT = "dreamsync-js/0.1.0";

/** A server, as one program sees it. Made by `connect`; close it when done. */
export class Dream {
  #url;
  #greeting;
  #options;
  #lobby;
  #viewers = new Set();

  constructor(url, greeting, options) {
    this.#url = url;
    this.#greeting = greeting;
    this.#options = options;
  }

  /** Reach the server. */
  async open() {
    this.#lobby = new Conversation(this.#url, this.#greeting, null, this.#options);
    await this.#lobby.open();
    return this;
  }

  /** The lobby's own line, for looking on. */
  get lobby() { return this.#lobby; }

  /** Close every session of this program; seats are kept for a while. */
  close() {
    for (const viewer of this.#viewers) viewer.close();
    this.#viewers.clear();
    this.#lobby?.close();
  }

  /** Open a world of a pack; return {world, desk_token, invite?, code?}: the secrets, said once. */
  createWorld(pack, options = {}) {
    const { isPrivate = true, seed, title, spectators = false, understudies = true, speed } = options;
    const shares_ending = options.sharesEnding || undefined;
    const rest = { seed, title, spectators, understudies, speed, shares_ending };
    return this.#ask({ type: "create", pack, private: isPrivate, ...rest });
  }

  /** Return {worlds, packs}: the public worlds, and the packs that worlds can be made of. */
  async list() {
    const { worlds, packs = [] } = await this.#ask({ type: "list" });
    return { worlds, packs };
  }

  /**
   * Open `count` private worlds of a pack at once, with one link, one code and one desk token for
   * all of them: {world (the class), worlds, invite, code, desk_token}.
   */
  openClass(pack, count, { title, spectators = false, understudies = true, speed } = {}) {
    return this.#ask({ type: "open_class", pack, count, title, spectators, understudies, speed });
  }

  /** Return the cards of a class's worlds, with its desk token. */
  async classWorlds(world, token) { return (await this.#ask({ type: "class", world, token })).worlds; }

  /** Return a world's card, by `world` (and `invite`) or by its typed `code`. */
  async card({ world, code, invite }) {
    return (await this.#ask({ type: "card", world, code, invite })).world;
  }

  /** Return a pack's card. */
  async pack(pack) { return (await this.#ask({ type: "card", pack })).pack; }

  /** Enter a world as a player, and take a role at once where one is named. */
  enter(world, { role, name, invite } = {}, onNotice = undefined) {
    return this.#enter(Player, { world, as: "player", role, name, invite }, onNotice);
  }

  /** Watch a world as a spectator, where it has them. */
  watch(world, { invite } = {}, onNotice = undefined) {
    return this.#enter(Player, { world, as: "watch", invite }, onNotice);
  }

  /** Take up a session again that this page had: `identity` is a viewer's. */
  resume(world, identity, onNotice = undefined) {
    return this.#enter(Player, { world, as: "player", identity }, onNotice);
  }

  /** Sit down at a world's desk; `as` may be "script". */
  async desk(world, { token, name, as = "desk" }, onNotice = undefined) {
    const { Desk } = await import("./desk.js");
    return this.#enter(Desk, { world, as, name, token }, onNotice);
  }

  async #enter(Kind, entry, onNotice) {
    const converse = (listener) => (
      new Conversation(this.#url, this.#greeting, entry, { ...this.#options, onNotice: listener }));
    const viewer = new Kind(converse, onNotice !== undefined);
    // From the first notice on: what came with `entered` is told to nobody else.
    if (onNotice) viewer.listen(onNotice);
    this.#viewers.add(viewer); // before it is open: `close` may come meanwhile
    try {
      await viewer.open();
    } catch (error) {
      this.#viewers.delete(viewer);
      throw error;
    }
    viewer.listen((notice) => notice.kind === "over" && this.#viewers.delete(viewer));
    return viewer;
  }

  #ask(plain) { return this.#lobby.ask(plain); }
}

/**
 * Return the open server at `url` (ws://host:port, http://… or wss://…).
 *
 * Options: lang ("en"), json (text frames instead of MessagePack), token (the operator's, for whom
 * no bound of an address counts), client (the program's name), patienceMs (how long a lost line is
 * tried again), WebSocket (a class, where there is none at hand), onFrame(direction, message) to
 * look on. Throws UnreachableError.
 */
export async function connect(url, options = {}) {
  const { lang = "en", json = false, token, client = CLIENT, ...rest } = options;
  const codec = json ? JSON_CODEC : await msgpackCodec();
  return new Dream(socketUrl(url), { client, lang, token }, { ...rest, codec }).open();
}

/** Return the address of the socket of a server whose address was given in any form. */
export function socketUrl(url) {
  let parts;
  try {
    parts = new URL(url.includes("://") ? url : `ws://${url}`);
  } catch {
    throw new UsageError("bad_address", `${url} is no address such as ws://127.0.0.1:8765.`);
  }
  const scheme = { "http:": "ws:", "https:": "wss:" }[parts.protocol] ?? parts.protocol;
  if (scheme !== "ws:" && scheme !== "wss:") {
    throw new UsageError("bad_address", `${url} is no address such as ws://127.0.0.1:8765.`);
  }
  const path = parts.pathname === "" || parts.pathname === "/" ? SOCKET_PATH : parts.pathname;
  return `${scheme}//${parts.host}${path}${parts.search}`;
}
