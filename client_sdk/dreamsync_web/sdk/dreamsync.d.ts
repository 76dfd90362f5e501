// The JavaScript SDK as TypeScript sees it. What each thing does is said in the .js files.

import type {
  ActionOffer, ChoiceOffer, Created, Drift, Event, History, Moment, Names, Outcome, PackCard, Person, Poses,
  Position, Reported, Scalar, StoryGraph, TensionPoint, Value, Why, WireValue, WorldCard,
} from "./wire.js";

export type * from "./wire.js";

export type Fault = "client" | "person" | "author" | "server" | "network" | "nobody";
export class DreamsyncError extends Error {
  constructor(code: string, text: string, fault?: Fault);
  readonly code: string;
  readonly text: string;
  readonly fault: Fault;
}
export class UsageError extends DreamsyncError {}
export class EventsLostError extends DreamsyncError { readonly count: number }
export class RefusedError extends DreamsyncError {}
export class BusyError extends DreamsyncError { readonly retryMs: number }
export class UnreachableError extends DreamsyncError {}
export class LineLostError extends DreamsyncError {}
export class UnknownOutcomeError extends DreamsyncError {}
export class ClosedError extends DreamsyncError {}
export class SessionLostError extends ClosedError {}
export class ProtocolFaultError extends DreamsyncError {}
export function errorOf(code: string, text: string, retryMs?: number): DreamsyncError;

export interface Identity { session: string; secret: string }
export type Notice =
  | { kind: "live"; isFirst: boolean }
  | { kind: "away"; text: string }
  | { kind: "happened"; event: Event }
  | { kind: "jumped"; why: string; recap: string[] }
  | { kind: "changed" }
  | { kind: "posed"; poses: Poses }
  | { kind: "pack"; change: { pack: string; ok: boolean; text: string } }
  | { kind: "matched"; hit: { id: string; pos: Position; holds: boolean; facts?: Record<string, WireValue> } }
  | { kind: "settled"; ticket: number; outcome: Outcome }
  | { kind: "replied"; ticket: number; answer: object }
  | { kind: "failed"; ticket: number; error: DreamsyncError }
  | { kind: "broken"; error: DreamsyncError; retryMs: number }
  | { kind: "over"; error: DreamsyncError | null };
export type Listener = (notice: Notice) => void;

export interface Mirror {
  readonly world: WorldCard;
  readonly as: string;
  readonly role: string;
  readonly seat: string;
  readonly position: Position;
  readonly speed: number;
  readonly running: boolean;
  readonly facts: ReadonlyMap<string, WireValue>;
  readonly names: Names;
  readonly choices: ChoiceOffer[];
  readonly digest: string;
  worldMs(nowMs: number): number;
  read(name: string, nowMs: number): Value | undefined;
  offers(nowMs: number): ActionOffer[];
}

export class Viewer {
  recap: string[];
  readonly poses: Poses["poses"];
  posesIn(scene: string): Poses["poses"];
  readonly mirror: Mirror;
  readonly connection: { readonly nowMs: number; cut(): void; hurry(): void };
  readonly nowMs: number;
  readonly worldMs: number;
  readonly world: WorldCard;
  readonly position: Position;
  readonly digest: string;
  readonly names: Names;
  readonly role: string;
  readonly seat: string;
  readonly choices: ChoiceOffer[];
  readonly isRunning: boolean;
  readonly isLive: boolean;
  readonly isOver: boolean;
  readonly resets: number;
  readonly mismatches: number;
  readonly identity: Identity | null;
  readonly session: string;
  fact(name: string): Value | undefined;
  facts(): Record<string, Value>;
  actions(): ActionOffer[];
  listen(listener: Listener): () => boolean;
  /** Where an onNotice was given, only what happens from the first call on: it was told of the rest. */
  events(): AsyncGenerator<Event, void, void>;
  until(isSo: (viewer: this) => unknown, timeoutMs?: number): Promise<void>;
  people(): Promise<Person[]>;
  speak(lang: string): Promise<string>;
  leave(): Promise<void>;
  close(): void;
  /** Any request or proposal by its type, for what has no method of its own. */
  ask(type: string, fields?: Record<string, unknown>): Promise<object>;
  propose(type: string, fields?: Record<string, unknown>): Promise<Outcome>;
  place(x: number, y: number, facing: number): void;
}

export class Player extends Viewer {
  act(action: string, params?: Record<string, Scalar>): Promise<Outcome>;
  choose(choice: string, option: string): Promise<Outcome>;
  claim(role: string): Promise<Outcome>;
  release(): Promise<Outcome>;
  handover(session: string): Promise<Outcome>;
  pause(why?: string): Promise<Outcome>;
  unpause(): Promise<Outcome>;
  report(event: Event, why?: string): Promise<Outcome>;
  pose(x: number, y: number, facing: number): void;
}

export type Means = "hint" | "cause" | "deny" | "hurry" | "cast" | "bridge" | "rescue";
export interface Desk extends Player {
  /** Faults of the pack as its files are now, one a line; told where the server watches them. */
  readonly packFaults: string;
  cue(beat: string, options?: { override?: boolean; once?: string; occurrence?: number; why?: string }): Promise<Outcome>;
  hold(beat: string, why?: string): Promise<Outcome>;
  unhold(beat: string, why?: string): Promise<Outcome>;
  skip(beat: string, why?: string): Promise<Outcome>;
  undo(target: string, why?: string): Promise<Outcome>;
  whisper(to: string, text: string, why?: string): Promise<Outcome>;
  resume(why?: string): Promise<Outcome>;
  remove(session: string, why?: string): Promise<Outcome>;
  mute(session: string, on?: boolean, why?: string): Promise<Outcome>;
  closeWorld(why?: string): Promise<Outcome>;
  seatTo(
    role: string, to: "understudy" | "nobody" | "player", options?: { session?: string; why?: string },
  ): Promise<Outcome>;
  nudge(
    means: Means, target: string,
    options?: { text?: string; ms?: number; action?: string; why?: string },
  ): Promise<Outcome>;
  direct(options?: {
    standby?: boolean; temperament?: "" | "patient" | "mischievous" | "kind"; nudge_cap?: number;
    why?: string;
  }): Promise<Outcome>;
  veto(target: string, options?: { ms?: number; why?: string }): Promise<Outcome>;
  graph(): Promise<StoryGraph>;
  tension(): Promise<TensionPoint[]>;
  reports(): Promise<Reported[]>;
  why(beat: string, whatIf?: Record<string, boolean | number | string>): Promise<Why>;
  history(after?: number): Promise<History>;
  look(seq: number, eyes?: string): Promise<Moment>;
  branch(seq: number, title?: string): Promise<Created>;
  erase(session: string, why?: string): Promise<number>;
  when(
    condition: string,
    handler: HitHandler,
  ): Promise<void>;
  unwatch(handler: HitHandler): Promise<void>;
}

export class Dream {
  createWorld(pack: string, options?: {
    isPrivate?: boolean; seed?: number; title?: string; spectators?: boolean;
    understudies?: boolean; speed?: number; sharesEnding?: boolean;
  }): Promise<Created>;
  list(): Promise<{ worlds: WorldCard[]; packs: PackCard[] }>;
  card(by: { world?: string; code?: string; invite?: string }): Promise<WorldCard>;
  pack(pack: string): Promise<PackCard>;
  enter(world: string, options?: { role?: string; name?: string; invite?: string }, onNotice?: Listener): Promise<Player>;
  watch(world: string, options?: { invite?: string }, onNotice?: Listener): Promise<Player>;
  resume(world: string, identity: Identity, onNotice?: Listener): Promise<Player>;
  openClass(
    pack: string, count: number,
    options?: { title?: string; spectators?: boolean; understudies?: boolean; speed?: number },
  ): Promise<{ world: string; worlds: string[]; invite: string; code: string; desk_token: string }>;
  classWorlds(world: string, token: string): Promise<WorldCard[]>;
  desk(world: string, options: { token: string; name?: string; as?: "desk" | "script" }, onNotice?: Listener): Promise<Desk>;
  close(): void;
}

export interface ConnectOptions {
  lang?: string;
  json?: boolean;
  token?: string;
  client?: string;
  patienceMs?: number;
  WebSocket?: new (url: string, protocols: string[]) => WebSocket;
  onFrame?: (direction: "in" | "out", message: { type: string }) => void;
}
export function connect(url: string, options?: ConnectOptions): Promise<Dream>;
export function socketUrl(url: string): string;
export function fineAt(drift: Drift, worldMs: number): number;
export function valueAt(drift: Drift, worldMs: number): number;
