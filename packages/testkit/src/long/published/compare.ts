import type { BoundRow, Evidence } from "@truebound/agent";
import type { WindowBound } from "@truebound/time";
import { runScenario } from "../../scenario/scenario.ts";
import { ChronySource, chronyClaim, marzulloClaim } from "./chrony-model.ts";
import { type Claim, ClaimTally, claimOfInterval, ends, measuredOf, type Origin } from "./claim.ts";
import { RfcSource, rfcSelection } from "./rfc5905-model.ts";
import type { Scene } from "./scenes.ts";

/** Who claims something of the offset, all at the same instants of the same run. */
export const CLAIMANTS = [
  "chrony (model)",
  "ntpd-rs (model)",
  "RFC 5905 (model)",
  "Marzullo",
  "ours, H (tight)",
  "ours, G (guaranteed)",
] as const;
export type Claimant = (typeof CLAIMANTS)[number];

export type Comparison = Readonly<Record<Claimant, ClaimTally>>;

/** One claim of each at most so often, s. */
const SPACING_S = 16;

/** Runs a scene once; `seconds` cuts it short. */
export function compareClaims({ scenario }: Scene, seconds = scenario.seconds): Comparison {
  const tallies = Object.fromEntries(CLAIMANTS.map((name) => [name, new ClaimTally()])) as Record<Claimant, ClaimTally>;
  const daemons = new Daemons();
  let asked = Number.NEGATIVE_INFINITY;
  const looked = (row: BoundRow, truth: bigint, sources: readonly WindowBound[]) => {
    daemons.begin({ raw: row.reading.rawAfter, utcMinusRaw: truth });
    const at = daemons.secondsAt(row.reading.rawAfter);
    if (at - asked < SPACING_S) return;
    asked = at;
    const claims = daemons.claims(row, sources, at);
    const right = Number(truth - daemons.origin.utcMinusRaw) / 1e9;
    for (const name of CLAIMANTS) tallies[name].judge(claims[name], right);
  };
  runScenario({ ...scenario, seconds }, { looked, learned: (evidence) => daemons.learn(evidence) });
  return tallies;
}

/** All others, fed with the very exchanges that the agent makes. */
class Daemons {
  readonly #chrony = new Map<string, ChronySource>();
  readonly #rfc = new Map<string, RfcSource>();
  #origin: Origin | null = null;

  begin(origin: Origin): void {
    this.#origin ??= origin;
  }

  get origin(): Origin {
    if (this.#origin === null) throw new Error("Cannot compare claims before the first look at the clocks");
    return this.#origin;
  }

  secondsAt(raw: bigint): number {
    return Number(raw - this.origin.raw) / 1e9;
  }

  learn(evidence: readonly Evidence[]): void {
    for (const one of evidence) {
      const measured = measuredOf(one, this.origin);
      entry(this.#chrony, one.source, () => new ChronySource()).add(measured);
      entry(this.#rfc, one.source, () => new RfcSource()).add(measured);
    }
  }

  claims({ bound }: BoundRow, sources: readonly WindowBound[], at: number): Readonly<Record<Claimant, Claim | null>> {
    const chrony = [...this.#chrony.values()];
    const rfc = [...this.#rfc.values()].flatMap((source) => source.claim(at) ?? []);
    // Marzullo is given our own intervals of each source, so that only the fusion differs.
    const own = sources.flatMap((said) => (said.kind === "bound" ? [ends(claimOfInterval(said.interval, this.origin))] : []));
    return {
      "chrony (model)": chronyClaim(chrony, at),
      "ntpd-rs (model)": ntpdRsClaim(chrony, at),
      "RFC 5905 (model)": rfcSelection(rfc),
      Marzullo: marzulloClaim(own),
      "ours, H (tight)": bound.tight && claimOfInterval(bound.tight, this.origin),
      "ours, G (guaranteed)": bound.guaranteed && claimOfInterval(bound.guaranteed, this.origin),
    };
  }
}

/** ntpd-rs puts 2 standard deviations and a quarter of the delay around its estimate (its defaults); the estimate here is the regression's. */
function ntpdRsClaim(sources: readonly ChronySource[], at: number): Claim | null {
  const claims = sources.flatMap((source) => {
    const [line, noise] = [source.tracking(at), source.noise];
    return line === null || noise === null ? [] : [{ middle: line.middle, halfWidth: 2 * noise.sd + noise.delay / 4 }];
  });
  return marzulloClaim(claims.map(ends));
}

function entry<T>(map: Map<string, T>, key: string, make: () => T): T {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}
