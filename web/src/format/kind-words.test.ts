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
    expect(factLines({ facts: { clock_class: 6, model: null, traceable: true } })).toEqual(["clock class 6", "traceable true"]);
  });
});
