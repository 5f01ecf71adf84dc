import { SeededRandom } from "./random.ts";

/** How an oscillator's frequency error moves, ppb on top of a constant one, positive = faster; by seconds that it ran. */
export type Wander =
  /** A temperature wave. */
  | { readonly kind: "sine"; readonly amplitudePpb: number; readonly periodS: number }
  /** A random walk that is reflected where it would leave ±`withinPpb`. */
  | { readonly kind: "walk"; readonly withinPpb: number; readonly stepPpb: number; readonly everyS: number; readonly seed: number }
  /** From one rate to another at once, as when a machine is moved and nobody tells. */
  | { readonly kind: "jump"; readonly atS: number; readonly byPpb: number };

/** What it gained after so many ns of running, ns: the integral of its frequency. 1 ppb over 1 s is 1 ns. */
export function gainOf(wander: Wander): (ran: bigint) => bigint {
  const gain = gainBySeconds(wander);
  return (ran) => BigInt(Math.round(gain(Number(ran) / 1e9)));
}

function gainBySeconds(wander: Wander): (ranS: number) => number {
  switch (wander.kind) {
    case "sine": {
      const { amplitudePpb, periodS } = wander;
      const turn = (2 * Math.PI) / periodS;
      return (ranS) => (amplitudePpb / turn) * (1 - Math.cos(turn * ranS));
    }
    case "jump":
      return (ranS) => Math.max(0, ranS - wander.atS) * wander.byPpb;
    case "walk":
      return walk(wander);
    default:
      return wander satisfies never;
  }
}

/** Lays the walk out as far as it is asked for. */
function walk({ withinPpb, stepPpb, everyS, seed }: Extract<Wander, { kind: "walk" }>): (ranS: number) => number {
  const random = new SeededRandom(seed);
  const rates = [random.between(-withinPpb, withinPpb)];
  const gains = [0];
  return (ranS) => {
    const index = Math.max(0, Math.floor(ranS / everyS));
    while (rates.length <= index) {
      const last = rates.at(-1) as number;
      gains.push((gains.at(-1) as number) + last * everyS);
      rates.push(reflected(last + random.between(-stepPpb, stepPpb), withinPpb));
    }
    return (gains[index] as number) + (ranS - index * everyS) * (rates[index] as number);
  };
}

const reflected = (rate: number, within: number): number => {
  const inside = rate > within ? 2 * within - rate : rate < -within ? -2 * within - rate : rate;
  return Math.max(-within, Math.min(within, inside));
};
