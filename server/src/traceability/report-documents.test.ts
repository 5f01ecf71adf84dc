import { parseUtc, type UtcInstant } from "@truebound/time";
import { describe, expect, it } from "vitest";
import type { ChainDocument } from "./chain.ts";
import { chainDocument } from "./chain-document.fixture.ts";
import type { TraceabilityStore } from "./ports.ts";
import { reportDocuments } from "./report-documents.ts";

const at = (text: string): UtcInstant => parseUtc(text) as UtcInstant;
const NOVEMBER = { from: at("2026-11-01T00:00:00Z"), to: at("2026-12-01T00:00:00Z") };

/** That UTC(PTB) is what a source follows. */
const document = (id: string, more: Partial<ChainDocument> = {}): ChainDocument =>
  chainDocument(id, { kind: "source_statement", source: "ntp1.example", reference: "UTC(PTB)", ...more });

const SEEN = {
  from: "2026-11-01T00:00:00Z",
  to: "2026-11-30T00:00:00Z",
  hosts: ["a"],
  looks: 1,
  answered: 1,
  sources: [
    {
      id: "ntp1.example:123",
      addresses: ["192.0.2.1"],
      strata: [1],
      upstreams: ["PTB"],
      root_delay_ns: "0",
      root_dispersion_ns: "0",
      looks: 1,
      agreed: 1,
      hosts: 1,
      local_reference: false,
    },
  ],
};

/** A host whose batches have gone, of which a review saw one source. */
const withDocuments = (...documents: ChainDocument[]): Pick<TraceabilityStore, "hosts" | "looks" | "documents" | "reviews"> => ({
  hosts: async () => [{ id: "h", name: "a", labels: { site: "fra" } }],
  looks: async () => [],
  documents: async () => documents,
  reviews: async () => [
    { id: 1, hosts: {}, at: "2026-11-15T00:00:00Z", who: "ada", statement: "fine", chain: { observed: SEEN, documents: [] } },
  ],
});
const idsOf = async (...documents: ChainDocument[]) =>
  (await reportDocuments(withDocuments(...documents), "h", NOVEMBER)).map(({ id }) => id);

describe("documents of a host in a report", () => {
  it("are all in force, where one says of each source what it follows", async () => {
    expect(await idsOf(document("ptb"), document("design", { kind: "design", source: null, reference: null }))).toEqual(["ptb", "design"]);
  });
  it("are none where none speaks of a source that was followed", async () => {
    expect(await idsOf(document("design", { kind: "design", source: null, reference: null }))).toEqual([]);
    expect(await idsOf(document("other", { source: "ntp2.example" }))).toEqual([]);
    expect(await idsOf()).toEqual([]);
  });
  it("are none where the chain had a day without one", async () => {
    expect(await idsOf(document("ptb", { valid_to: "2026-11-29" }))).toEqual([]);
    expect(await idsOf(document("ptb", { valid_from: "2026-11-02" }))).toEqual([]);
    expect(await idsOf(document("old", { valid_to: "2026-11-09" }), document("new", { valid_from: "2026-11-11" }))).toEqual([]);
  });
  it("may follow each other without a gap, and end with the period", async () => {
    expect(
      await idsOf(document("old", { valid_to: "2026-11-10" }), document("new", { valid_from: "2026-11-11", valid_to: "2026-11-30" })),
    ).toEqual(["old", "new"]);
    expect(await idsOf(document("old"), document("new", { valid_from: "2026-11-11", replaces: "old" }))).toEqual(["old", "new"]);
  });
  it("are only those about hosts with such labels", async () => {
    expect(await idsOf(document("ptb"), document("lon", { hosts: { site: "lon" } }))).toEqual(["ptb"]);
    expect(await idsOf(document("lon", { hosts: { site: "lon" } }))).toEqual([]);
  });
});
