import { readFileSync } from "node:fs";
import { parseUtc, type UtcInstant } from "@truebound/time";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Chain, DOCUMENT_KINDS, names, type ObservedSource } from "./chain.ts";
import { chainDocument as document } from "./chain-document.fixture.ts";
import { chainDifference } from "./difference.ts";
import { chainText } from "./present.ts";
import { parseTraceability } from "./requests.ts";
import { CHAIN_TEMPLATES, templateOf } from "./templates.ts";
import { documentsAt, findingsOf, LACKS, type Traceability, traceabilityOf } from "./traceability-of.ts";

const at = (text: string): UtcInstant => parseUtc(text) as UtcInstant;
const NOW = at("2026-11-26T12:00:00Z");

const source = (id: string, more: Partial<ObservedSource> = {}): ObservedSource => ({
  id,
  addresses: ["192.0.2.1"],
  strata: [1],
  upstreams: ["PTB"],
  root_delay_ns: "0",
  root_dispersion_ns: "15259",
  looks: 48,
  agreed: 48,
  hosts: 1,
  local_reference: false,
  ...more,
});
const PTB = document("ptb", { kind: "source_statement", source: "ptbtime*.ptb.de", reference: "UTC(PTB)" });
const PAPERS = [
  document("design", { kind: "design" }),
  document("test", { kind: "stamp_test", stamp_point: "gateway", app_error_ns: "9000" }),
];
const chain = ({
  sources = [source("ptbtime1.ptb.de:123")],
  documents = [PTB, ...PAPERS],
  reviewed = "2026-06-01T00:00:00Z" as string | null,
} = {}): Chain => ({
  observed: { from: "2026-10-27T00:00:00Z", to: "2026-11-26T00:00:00Z", hosts: ["a"], looks: 48, answered: 48, sources },
  documents,
  review: reviewed === null ? null : { at: reviewed, who: "ada", statement: "looked" },
});
const judged = (one: Chain, required = true, when = NOW) => traceabilityOf(one, { requires_traceability: required }, when);
const lacking = (one: Traceability) =>
  one.kind === "valid" ? [] : [...(one.kind === "invalid" ? one.broken : []), ...one.to_dos].map(({ what }) => what);

describe("traceabilityOf", () => {
  it("is valid where each source that agreed is documented, the papers are there, and somebody looked within the year", () => {
    expect(judged(chain())).toEqual({ kind: "valid" });
  });
  it.each([
    [
      "a source of which no document speaks",
      chain({ sources: [source("ptbtime1.ptb.de:123"), source("ntp.example:123")] }),
      "source_undocumented",
    ],
    ["a document that has ended", chain({ documents: [{ ...PTB, valid_to: "2026-11-25" }, ...PAPERS] }), "source_undocumented"],
    ["a document that has not begun", chain({ documents: [{ ...PTB, valid_from: "2026-11-27" }, ...PAPERS] }), "source_undocumented"],
    [
      "a source that follows its own clock",
      chain({ sources: [source("ptbtime1.ptb.de:123", { local_reference: true })] }),
      "local_reference",
    ],
    ["no source that agreed", chain({ sources: [source("ptbtime1.ptb.de:123", { agreed: 0 })] }), "nothing_observed"],
  ])("%s breaks the chain where the profile demands it, and is something to do elsewhere", (_, one, what) => {
    expect(judged(one)).toMatchObject({ kind: "invalid", broken: [{ what }], to_dos: [] });
    expect(judged(one, false)).toMatchObject({ kind: "to_dos", to_dos: [{ what }] });
  });
  it.each([
    [chain({ documents: [PTB] }), ["no_stamp_point", "no_app_error", "no_design"]],
    [chain({ reviewed: null }), ["never_reviewed"]],
    [chain({ reviewed: "2025-11-26T12:00:00Z" }), ["review_overdue"]],
  ])("what is missing beside the links is something to do under any profile", (one, whats) => {
    for (const required of [true, false]) {
      expect(judged(one, required).kind).toBe("to_dos");
      expect(lacking(judged(one, required))).toEqual(whats);
    }
  });
  it("says sixty days ahead that the yearly review is due", () => {
    const one = chain({ reviewed: "2026-01-25T12:00:00Z" }); // due on 2027-01-25 at noon
    expect(lacking(judged(one, true, at("2026-11-26T11:59:59Z")))).toEqual([]);
    expect(lacking(judged(one, true, at("2026-11-26T12:00:00Z")))).toEqual(["review_due"]);
    expect(lacking(judged(one, true, at("2027-01-25T12:00:00Z")))).toEqual(["review_overdue"]);
  });
  it("never calls a chain valid that a demanding profile breaks, nor invalid without that demand", () => {
    const sources = fc.array(fc.record({ agreed: fc.nat(3), known: fc.boolean(), local: fc.boolean() }), { maxLength: 4 });
    fc.assert(
      fc.property(sources, fc.subarray(PAPERS), fc.boolean(), (some, papers, reviewed) => {
        const observed = some.map(({ agreed, known, local }, index) =>
          source(known ? `ptbtime${index}.ptb.de:123` : `n${index}:123`, { agreed, local_reference: local, addresses: [] }),
        );
        const one = chain({ sources: observed, documents: [PTB, ...papers], reviewed: reviewed ? "2026-06-01T00:00:00Z" : null });
        const agreeing = some.filter(({ agreed }) => agreed > 0);
        const isWhole = agreeing.length > 0 && agreeing.every(({ known, local }) => known && !local);
        expect(judged(one).kind === "invalid").toBe(!isWhole);
        expect(judged(one, false).kind).not.toBe("invalid");
        expect(judged(one).kind === "valid").toBe(judged(one, false).kind === "valid");
        expect(findingsOf(judged(one)).map(({ kind }) => kind)).toEqual(lacking(judged(one, false)).map((what) => `traceability_${what}`));
      }),
    );
  });
});

describe("a document", () => {
  it("stands for the one that it replaces from its first day on", () => {
    const next = document("next", { ...PTB, id: "next", valid_from: "2026-12-01", replaces: "ptb" });
    const ids = (when: string) => documentsAt([PTB, next], at(when)).map(({ id }) => id);
    expect([ids("2026-11-30T23:59:59Z"), ids("2026-12-01T00:00:00Z")]).toEqual([["ptb"], ["next"]]);
  });
  it("does not bring back what it replaced when it ends", () => {
    const next = document("next", { ...PTB, id: "next", valid_from: "2026-02-01", valid_to: "2026-03-01", replaces: "ptb" });
    expect(documentsAt([PTB, next], NOW)).toEqual([]);
  });
  it.each([
    ["ntp.example", "ntp.example:123", true],
    ["192.0.2.*", "whatever:123", true],
    ["2001:db8::1", "[2001:db8::1]:123", true],
    ["ntp.example", "ntpxexample:123", false],
    ["PTB", "impostor:123", false],
    ["*", "anything:123", true],
  ])("of %s is about %s: %s, and a claimed reference id counts for nothing", (pattern, id, is) => {
    expect(names(pattern, source(id))).toBe(is);
  });
});

describe("templates", () => {
  it("tell a laboratory, a receiver and a cloud, and what each needs", () => {
    const of = (id: string, more: Partial<ObservedSource> = {}) => templateOf(source(id, { upstreams: [], addresses: [], ...more }))?.id;
    expect([of("ptbtime2.ptb.de:123"), of("a:123", { upstreams: ["GPS"] }), of("169.254.169.123:123"), of("ntp.example:123")]).toEqual([
      "ptb",
      "gps",
      "aws",
      undefined,
    ]);
    expect(new Set(CHAIN_TEMPLATES.map(({ id }) => id)).size).toBe(CHAIN_TEMPLATES.length);
    for (const { needs, sources, reference, kind } of CHAIN_TEMPLATES) {
      expect([needs.length > 1, sources.length > 0, kind === "laboratory" ? /^UTC\(\w+\)$/.test(reference ?? "") : true]).toEqual([
        true,
        true,
        true,
      ]);
    }
  });
  it("say in the to-do what the document must show", () => {
    const standing = judged(chain({ documents: PAPERS }));
    const [lack] = standing.kind === "invalid" ? standing.broken : [];
    expect(lack?.words).toContain("--source 'ptbtime1.ptb.de:123' --reference 'UTC(PTB)'");
    expect(lack?.words).toContain("BIPM Circular T");
  });
});

describe("the difference to the review before", () => {
  it("names what came, went and moved, and is silent where nothing did", () => {
    expect(chainDifference(chain(), chain({ sources: [source("ptbtime1.ptb.de:123", { agreed: 47 + 1 })] }))).toEqual([]);
    const after = chain({
      sources: [source("ptbtime1.ptb.de:123", { strata: [2], upstreams: ["192.0.2.9"], agreed: 10 }), source("new.example:123")],
      documents: [PTB],
    });
    expect(chainDifference(chain(), after)).toEqual([
      "Source new: new.example:123",
      "Source ptbtime1.ptb.de:123: stratum was 1, is 2",
      "Source ptbtime1.ptb.de:123: upstream was PTB, is 192.0.2.9",
      "Source ptbtime1.ptb.de:123: agreement was nearly always, is seldom",
      'Document gone: design "design" (000000000000)',
      'Document gone: stamp_test "test" (000000000000)',
    ]);
  });
  it("names who a source proved itself to be where that changed, and not where nobody had looked at it before", () => {
    const proved = (...nts_identities: string[]) =>
      chain({ sources: [source("ptbtime1.ptb.de:123", { authenticated: 48, nts_identities })] });
    expect(chainDifference(chain(), proved("ptb, key a"))).toEqual([]);
    expect(chainDifference(proved("ptb, key a"), proved("ptb, key b"))).toEqual([
      "Source ptbtime1.ptb.de:123: NTS identity was ptb, key a, is ptb, key b",
    ]);
  });
  it("names what is declared of a source's own error where that changed", () => {
    const declared = (...declarations: string[]) => chain({ sources: [source("ptbtime1.ptb.de:123", { declared: 48, declarations })] });
    expect(chainDifference(chain(), declared("1 µs by NPL"))).toEqual([
      "Source ptbtime1.ptb.de:123: declaration of its root was none, is 1 µs by NPL",
    ]);
    expect(chainText(declared("1 µs by NPL"))).toContain("\n  root: declared in 48 of 48 looks, 1 µs by NPL\n");
    expect(chainText(chain())).not.toContain("declared");
  });
  it("says nothing of a chain and itself", () => {
    const kinds = Object.keys(DOCUMENT_KINDS) as (keyof typeof DOCUMENT_KINDS)[];
    expect(
      chainDifference(
        chain({ documents: kinds.map((kind) => document(kind, { kind })) }),
        chain({ documents: kinds.map((kind) => document(kind, { kind })) }),
      ),
    ).toEqual([]);
  });
});

describe("docs/traceability.md", () => {
  const page = readFileSync(new URL("../../../docs/traceability.md", import.meta.url), "utf8");
  it.each(Object.entries(DOCUMENT_KINDS))("says of %s what it shows, as the program does", (kind, shows) => {
    expect(page.replaceAll("`truebound-agent stamp-test`", "truebound-agent stamp-test")).toContain(`| \`${kind}\` | ${shows}`);
  });
  it.each(LACKS)("names %s", (what) => expect(page).toContain(`\`${what}\``));
  it("has commands that are taken as they stand there", () => {
    const commands = [...(/```sh\n([\s\S]*?)```/.exec(page)?.[1] ?? "").replaceAll("\\\n", "").matchAll(/^truebound traceability (.*)$/gm)];
    expect(commands.length).toBe(3);
    for (const [, words = ""] of commands) {
      const args = (words.match(/'[^']*'|"[^"]*"|\S+/g) ?? []).map((word) => word.replace(/^(['"])(.*)\1$/, "$2"));
      expect(parseTraceability(args)).toEqual(expect.objectContaining({ do: expect.any(String) }));
    }
  });
});
