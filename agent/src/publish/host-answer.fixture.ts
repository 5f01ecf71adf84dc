import { type Interval, raw, utc } from "@truebound/time";
import type { HostAnswerFacts } from "./host-answer.ts";

/** A host that stands so at 14:50:00.123456789 of its own clock. */
export function answerFacts(offset: Interval | null): HostAnswerFacts {
  return {
    present: {
      row: {
        reading: { realtime: utc(1_795_445_400_123_456_789n), rawBefore: raw(5_000n), rawAfter: raw(5_080n) },
        bound: { votes: offset === null ? 0 : 3 },
        status: offset === null ? "unknown" : "proven",
        reason: offset === null ? "never_measured" : null,
        offset,
        tight: null,
      },
      assumptions: {
        rho_ppb: 200_000,
        oscillator_ppb: null,
        drift_basis: "assumed",
        sigma_ppb: 2_000,
        faults: 1,
        slew_ppm: 83_334,
        slew_basis: "chrony",
        stamp_mode: "kernel_interleaved",
      },
      sources: [
        {
          id: "ntp1:123",
          address: "192.0.2.1",
          origin: "declared",
          state: "agrees",
          stratum: 1,
          refid: 1,
          leap: 0,
          lo_ns: "-2",
          hi_ns: "3",
          delay_ns: "5",
          polls: 7,
          replies: 7,
          refusals: {},
          local_reference: false,
        },
      ],
      terms: null,
    },
    host: { id: null, name: "web-1", labels: { site: "fra" } },
    limitNs: null,
    steps: 0,
    daemon: ["daemon_dead"],
    server: "https://tb.example:8125/",
    version: "0.1.0",
  };
}
