import { type Drift, NO_CALENDAR, ppb, type RawInstant, raw, utc } from "@truebound/time";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Sample } from "./samples.ts";
import { SourceWindow } from "./source-window.ts";

const BASE = 1_795_000_000_000_000_000n;
const SECOND = 1_000_000_000n;
const SIGMA = ppb(2000n);
const drift = (rho: bigint, centre = 0n): Drift => ({ rho: ppb(rho), centre: ppb(centre) });
const rules = { drift: drift(200_000n), sigma: SIGMA, timescale: "unknown", calendar: NO_CALENDAR } as const;

/** A server that is off by `off` ns, 1 ms away. */
const sampleAt = (at: bigint, off: bigint): Sample => ({
  exchange: {
    t1: raw(at),
    t2: utc(BASE + at + 500_000n + off),
    t3: utc(BASE + at + 540_000n + off),
    t4: raw(at + 1_040_000n),
  },
  terms: { rootDelayRaw: 0n, rootDispersionRaw: 0n, precisionServer: -24, precisionClient: -24, cap: 100n, slack: 0n },
  reply: "basic",
  mode: "kernel_basic",
  refids: [0x47505300],
});

type Act =
  | { readonly kind: "sample"; readonly gap: bigint; readonly off: bigint }
  | { readonly kind: "assume"; readonly rho: bigint; readonly centre: bigint }
  | { readonly kind: "ask"; readonly later: bigint }
  | { readonly kind: "retune"; readonly sigma: bigint }
  | { readonly kind: "keepNewest" | "dropBeforeBend" | "clear" };

const some = (min: bigint, max: bigint) => fc.bigInt({ min, max });
const sampled = fc.record({ kind: fc.constant("sample" as const), gap: some(SECOND, 40n * SECOND), off: some(-2_000_000n, 2_000_000n) });
const asked = fc.record({ kind: fc.constant("ask" as const), later: some(0n, 20n * SECOND) });
const acts: fc.Arbitrary<Act[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: sampled },
    { weight: 6, arbitrary: asked },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant("assume" as const), rho: fc.constantFrom(1_000n, 200_000n), centre: some(-9n, 9n) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("retune" as const), sigma: fc.constantFrom(100n, 2_000n) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("keepNewest" as const, "dropBeforeBend" as const, "clear" as const) }) },
  ),
  { maxLength: 90 },
);

/** All that it says at an instant. */
const saysAt = (window: SourceWindow, at: RawInstant) => ({
  testimony: window.testimony(at, 0x47505300),
  bound: window.boundAt(at),
  crossed: window.hasCrossedLeap(at),
});

function perform(window: SourceWindow, act: Act, now: bigint): bigint {
  if (act.kind === "sample") window.admit(sampleAt(now + act.gap, act.off));
  else if (act.kind === "assume") window.assume(drift(act.rho, act.centre));
  else if (act.kind === "retune") window.retune(ppb(act.sigma));
  else if (act.kind !== "ask") window[act.kind]();
  return act.kind === "sample" ? now + act.gap + 2_000_000n : act.kind === "ask" ? now + act.later : now;
}

describe("a source's window", () => {
  it("says, asked again and again in between, what one says that is asked once", () =>
    fc.assert(
      fc.property(acts, (all) => {
        const [often, once] = [new SourceWindow("s", rules), new SourceWindow("s", rules)];
        let now = 7n * SECOND;
        for (const act of all) {
          saysAt(often, raw(now));
          perform(once, act, now);
          now = perform(often, act, now);
          saysAt(often, raw(now));
        }
        expect(saysAt(often, raw(now))).toEqual(saysAt(once, raw(now)));
      }),
    ));

  it("under the assumption that it has says what one says that is laid out anew under it", () =>
    fc.assert(
      fc.property(acts, (all) => {
        const [left, anew] = [new SourceWindow("s", rules), new SourceWindow("s", rules)];
        let now = 7n * SECOND;
        for (const act of all) {
          perform(anew, act, now);
          now = perform(left, act, now);
          const assumed = left.drift;
          left.assume(assumed);
          anew.assume(drift(assumed.rho + 1n, assumed.centre));
          anew.assume(assumed);
          expect(saysAt(left, raw(now))).toEqual(saysAt(anew, raw(now)));
        }
      }),
    ));
});
