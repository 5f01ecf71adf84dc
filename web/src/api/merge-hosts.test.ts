import type { HostSummary } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { changesOrder, mergeHosts } from "./merge-hosts.ts";

const host = (id: string, over: Partial<HostSummary> = {}): HostSummary => ({
  id,
  name: id,
  labels: {},
  liveness: "reporting",
  status: "proven",
  reason: null,
  clone_suspected: false,
  is_ahead: false,
  delivered_until: null,
  as_of: null,
  as_of_marked: false,
  guaranteed: null,
  tight: null,
  worst_error_ns: null,
  words: "",
  injected_ns: null,
  last_received_at: null,
  ...over,
});

describe("news over the list", () => {
  it("keeps the server's order and puts strangers at the end", () => {
    const news = new Map([
      ["b", host("b", { words: "new" })],
      ["z", host("z")],
    ]);
    const merged = mergeHosts([host("a"), host("b"), host("c")], news);
    expect(merged.map(({ id, words }) => id + words)).toEqual(["a", "bnew", "c", "z"]);
  });
  it("keeps what a newer list says of a host", () => {
    const at = (second: string, words: string, last_received_at: string | null = null) =>
      host("a", { as_of: `2026-03-01T12:00:${second}Z`, last_received_at, words });
    const shown = (listed: HostSummary, news: HostSummary) => mergeHosts([listed], new Map([["a", news]])).map(({ words }) => words);
    expect(shown(at("16.5", "list"), at("16.499999999", "news"))).toEqual(["list"]);
    expect(shown(at("16.5", "list"), at("16.500000000", "news"))).toEqual(["news"]);
    expect(shown(at("16", "list"), at("32", "news"))).toEqual(["news"]);
    expect(shown(at("16", "list", "2026-03-01T12:00:20Z"), at("16", "news", "2026-03-01T12:00:19Z"))).toEqual(["list"]);
    expect(shown(at("16", "list"), host("a", { words: "news" }))).toEqual(["list"]);
    expect(shown(host("a", { words: "list" }), at("16", "news"))).toEqual(["news"]);
  });
  it("takes a host that was retired off the list", () => {
    const gone = host("b", { liveness: "retired" });
    expect(
      mergeHosts(
        [host("a"), host("b")],
        new Map([
          ["b", gone],
          ["z", { ...gone, id: "z" }],
        ]),
      ).map(({ id }) => id),
    ).toEqual(["a"]);
  });
  it("asks for a new order when status or liveness changed, or the worst error by a digit", () => {
    const erring = (ns: string) => host("a", { worst_error_ns: ns });
    expect(changesOrder(erring("400000"), erring("500000"))).toBe(false);
    expect(changesOrder(erring("400000"), erring("250000000"))).toBe(true);
    expect(changesOrder(host("a"), host("a", { liveness: "silent" }))).toBe(true);
    expect(changesOrder(host("a"), host("a", { status: "conflict" }))).toBe(true);
    expect(changesOrder(undefined, host("a"))).toBe(true);
  });
});
