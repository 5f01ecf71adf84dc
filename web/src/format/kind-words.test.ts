import { describe, expect, it } from "vitest";
import { documentWords, factLines, kindWords } from "./kind-words.ts";

describe("a source that is not asked by NTP", () => {
  it("says what it is, and whether its declared error counts", () =>
    expect([
      kindWords({ kind: "external", counts: true }),
      kindWords({ kind: "ptp", counts: false }),
      kindWords({ kind: "opinion", counts: false }),
      kindWords({}),
      kindWords({ kind: "ntp" }),
    ]).toEqual([
      "external evidence, declared: counts",
      "PTP, declared: no part of the bound",
      "second opinion: no part of the bound",
      null,
      null,
    ]));
  it("names its document and its facts, and leaves out what is not known", () => {
    expect([documentWords({ document: "0123456789abcdef".repeat(4) }), documentWords({ document: null }), documentWords({})]).toEqual([
      "document 0123456789ab…",
      null,
      null,
    ]);
    const ptp = { grandmaster: "42bb53.fffe.a9d203", clock_class: 7, class_says: "holdover", accuracy_ns: "100", steps_removed: 3 };
    const more = { path_delay_ns: "4270", port_state: "SLAVE", clock: "/dev/ptp0" };
    expect(factLines({ kind: "ptp", facts: { ...ptp, ...more } })).toEqual([
      "grandmaster 42bb53.fffe.a9d203, behind 2 boundary clocks",
      "class 7: in holdover",
      "within 100 ns by its own word",
      "path delay 4.27 µs, port SLAVE, stamps of /dev/ptp0",
    ]);
    expect(factLines({ kind: "ptp", facts: { ...ptp, ...more, delay_mechanism: "peer_to_peer", sync_steps: "one" } }).slice(4)).toEqual([
      "delay measured to the neighbour: what lies behind is declared, and transparent clocks on the way are only assumed to be right",
      "heard from a one-step clock",
    ]);
    expect(factLines({ kind: "ptp", facts: { ...ptp, steps_removed: 1, accuracy_ns: null } })).toContain("its accuracy bounds nothing");
    expect(factLines({ kind: "ptp", facts: {} })).toEqual([]);
    const phc = { clock: "/dev/ptp1", read_by: "extended", bracket_ns: "1840", error_bound_ns: "21500", scale: "utc" };
    expect(factLines({ kind: "phc", facts: phc })).toEqual([
      "/dev/ptp1, keeps UTC",
      "read to 1.84 µs (extended)",
      "off by 21.5 µs at most, as declared",
    ]);
    expect(factLines({ kind: "phc", facts: { ...phc, error_bound_ns: null } })).toContain("nothing says how far off it is");
    expect(factLines({ facts: { clock_class: 6, model: null, traceable: true } })).toEqual(["clock class 6", "traceable true"]);
  });
});
