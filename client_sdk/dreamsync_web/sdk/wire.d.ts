// Parts of messages that a program reads, as dreamsync/protocol/cards.py describes them.

export type Scalar = boolean | number | string;
export type Position = [epoch: number, seq: number];
export type Value = Scalar | Scalar[];
export interface Drift { fine: number; rate: number; since: number; low: number; high: number }
export interface PersonText { text: string; ref: string; digest: string }
export type WireValue = Value | Drift | PersonText;

export interface RoleCard {
  id: string; name: string; about?: string; held?: "nobody" | "player" | "understudy";
  player?: string; seats?: number; free?: number;
}
export interface WorldCard {
  id: string; pack: string; title: string; about?: string; notes?: string;
  state?: "running" | "paused" | "asleep" | "ended"; is_private?: boolean;
  has_spectators?: boolean; has_safety_pause?: boolean; languages?: string[]; people?: number;
  roles?: RoleCard[];
}
export interface PackCard {
  id: string; title: string; about?: string; notes?: string; languages?: string[];
  roles?: RoleCard[];
}
export interface Label { id: string; label: string }
export interface SceneCard {
  name: string; text: string; layer?: "waking" | "dream"; size?: [number, number]; exits?: Label[];
}
export interface FactCard {
  label: string; kind: "int" | "bool" | "choice" | "text" | "list" | "clock"; about?: string[];
  low?: number; high?: number; words?: Record<string, string>;
}
export interface Names {
  roles: Record<string, string>; things: Record<string, string>;
  scenes: Record<string, SceneCard>; facts: Record<string, FactCard>;
}
export interface ParamOffer {
  name: string; label?: string; type: "choice" | "int" | "text" | "bool"; choices?: Label[];
  low?: number; high?: number; size?: number;
}
export interface ActionOffer {
  id: string; label: string; text?: string; rank?: number; is_veiled?: boolean;
  is_ready?: boolean; code?: string; why?: string; ready_ms?: number; params?: ParamOffer[];
}
export interface ChoiceOffer { id: string; ask: string; options: Label[]; until_ms?: number }
export type EventKind =
  | "said" | "told" | "beat" | "chapter" | "ending" | "choice" | "chosen" | "seat" | "done"
  | "whisper" | "paused" | "unpaused" | "nudge" | "asked" | "muted" | "unmuted" | "reported"
  | "intervened";
/** `reset` stands where a snapshot was taken and events may be missing; its text is the recap. */
export interface Event {
  kind: EventKind | "reset"; at: [seq: number, i: number]; ms: number; who?: string;
  who_name?: string; text?: string; reach?: "all" | "scene" | "private" | "desk"; to?: string[];
  key?: string; args?: Record<string, Scalar | Scalar[]>;
}
export interface Outcome {
  n: number; code: string; ok: boolean; pos: Position; text?: string;
  args?: Record<string, Scalar | Scalar[]>;
}
export interface Person {
  session: string; name: string; as: "player" | "watch" | "desk" | "script"; role?: string;
  is_here?: boolean; is_muted?: boolean;
}
export interface Leaf { text: string; value: string; holds: boolean; keeps?: boolean; by?: string[] }
export interface Why {
  beat: string; code: string; text: string; cued?: number; is_held?: boolean; leaves?: Leaf[];
  rivals?: { beat: string; score: number; text?: string }[];
}
export interface StoryGraph {
  chapters: { id: string; title: string; curve?: [second: number, level: number][] }[];
  nodes: { id: string; kind: "beat" | "ending"; title: string; chapter?: string; is_manual?: boolean }[];
  edges: [from: string, to: string][];
}
export interface TensionPoint { ms: number; wanted: number; actual: number; chapter: string }
export interface Reported {
  at: [seq: number, i: number]; ms: number; who?: string; who_name?: string; session?: string;
  text?: string; by?: string; why?: string;
}
export interface Poses { scene: string; poses: [seat: string, x: number, y: number, facing: number][] }
export interface Created { world: string; desk_token: string; invite?: string; code?: string }
/** Something in a world's log that a person would look for. */
export interface Mark {
  seq: number; ms: number; at: number; by: string; what?: string; title?: string;
  target?: string; name?: string; session?: string; why?: string;
  kind:
    | "open" | "branch" | "join" | "leave" | "seat" | "chapter" | "beat" | "choice" | "chosen"
    | "ending" | "paused" | "unpaused" | "did" | "erased" | "pack" | "closed";
}
export interface History { marks: Mark[]; tail: number; ms: number; next?: number; origin?: number }
/** The world after one commit, through one pair of eyes. */
export interface Moment {
  eyes: string; position: Position; ms: number; at: number; running: boolean;
  facts: Record<string, WireValue>; cards: Partial<Names>; choices: ChoiceOffer[];
  digest: string; lines?: Event[];
}
