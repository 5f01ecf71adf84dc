import type { SeededRandom } from "../sim/random.ts";

/** Something that goes wrong at a certain time, s since the start. */
export type Trouble = { readonly atS: number } & (
  | { readonly kind: "kill"; readonly host: number; readonly downS: number; readonly operations: number }
  | { readonly kind: "power"; readonly host: number; readonly downS: number }
  | { readonly kind: "pause"; readonly host: number; readonly forS: number }
  | { readonly kind: "rot"; readonly host: number }
  | { readonly kind: "full"; readonly host: number; readonly forS: number }
  /** The folder as it was `backS` ago takes its place. */
  | { readonly kind: "roll_back"; readonly host: number; readonly backS: number }
  | { readonly kind: "clone"; readonly host: number; readonly forS: number }
  | { readonly kind: "partition"; readonly host: number; readonly forS: number; readonly way: "both" | "there" | "back" }
  | { readonly kind: "kill_server"; readonly server: number; readonly downS: number }
  | { readonly kind: "database_falls"; readonly forS: number }
  | { readonly kind: "database_restored"; readonly backS: number }
  | { readonly kind: "server_clock"; readonly byS: number }
);

export type TroubleKind = Trouble["kind"];

/** What takes from an agent, or from the server, what the promise on records rests on. */
export const takesState = (troubles: readonly Trouble[]): boolean => troubles.some(({ kind }) => kind === "roll_back" || kind === "clone");

interface Extent {
  readonly hosts: number;
  readonly troubleS: number;
}

/** Each kind in some worlds, and in a few of them more than once. */
export const CHANCES: Readonly<Record<TroubleKind, number>> = {
  kill: 0.6,
  power: 0.3,
  pause: 0.3,
  rot: 0.2,
  full: 0.25,
  roll_back: 0.08,
  clone: 0.08,
  partition: 0.5,
  kill_server: 0.5,
  database_falls: 0.3,
  database_restored: 0.25,
  server_clock: 0.15,
};

export function drawTroubles(random: SeededRandom, extent: Extent): Trouble[] {
  const kinds = Object.entries(CHANCES) as [TroubleKind, number][];
  const drawn = kinds.flatMap(([kind, chance]) => {
    const times = random.next() < chance ? 1 + Math.floor(random.next() * 2.2) : 0;
    return Array.from({ length: times }, () => drawTrouble(random, kind, extent));
  });
  return compatible(drawn).sort((a, b) => a.atS - b.atS);
}

/** A clock of the database that leaps over the refill window takes the ground from under restoring: never both in one world. */
function compatible(troubles: readonly Trouble[]): Trouble[] {
  const restored = troubles.some(({ kind }) => kind === "database_restored");
  return troubles.filter(({ kind }) => !restored || kind !== "server_clock");
}

function drawTrouble(random: SeededRandom, kind: TroubleKind, { hosts, troubleS }: Extent): Trouble {
  const atS = random.between(15, troubleS - 30);
  const host = Math.floor(random.next() * hosts);
  const within = (most: number) => Math.min(random.between(1, most), troubleS - atS);
  switch (kind) {
    case "kill":
      return { kind, atS, host, downS: within(120), operations: 1 + Math.floor(random.next() * 12) };
    case "power":
      return { kind, atS, host, downS: within(120) };
    case "pause":
      return { kind, atS, host, forS: within(150) };
    case "rot":
      return { kind, atS, host };
    case "full":
      return { kind, atS, host, forS: within(150) };
    case "roll_back":
      return { kind, atS, host, backS: random.between(20, 120) };
    case "clone":
      return { kind, atS, host, forS: within(200) };
    case "partition":
      return { kind, atS, host, forS: within(150), way: (["both", "there", "back"] as const)[Math.floor(random.next() * 3)] ?? "both" };
    case "kill_server":
      return { kind, atS, server: Math.floor(random.next() * 2), downS: within(90) };
    case "database_falls":
      return { kind, atS, forS: within(60) };
    case "database_restored":
      return { kind, atS, backS: random.between(2, 25) };
    case "server_clock":
      return { kind, atS, byS: random.between(-1, 1) * (random.next() < 0.5 ? 3_600 : 20) };
    default:
      return kind satisfies never;
  }
}
