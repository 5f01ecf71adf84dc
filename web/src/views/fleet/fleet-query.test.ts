import type { HostSummary } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { csvOf, jsonOf } from "./download-text.ts";
import { keepOrder, labelsPresent, nextSort, ordered, readFleetQuery, sameLabels, selected, withLabels } from "./fleet-query.ts";

const host = (name: string, more: Partial<HostSummary> = {}): HostSummary => ({
  id: name,
  name,
  labels: {},
  liveness: "reporting",
  status: "proven",
  reason: null,
  as_of: null,
  as_of_marked: false,
  guaranteed: null,
  tight: null,
  worst_error_ns: null,
  clone_suspected: false,
  is_ahead: false,
  delivered_until: null,
  words: "",
  injected_ns: null,
  last_received_at: null,
  ...more,
});
const names = (hosts: readonly HostSummary[]): string[] => hosts.map(({ name }) => name);
const FLEET = [
  host("web-10", { worst_error_ns: "900", labels: { site: "a,b", rack: "1" } }),
  host("web-9", { worst_error_ns: "1000", labels: { site: "a,b" } }),
  host("db", { labels: { rack: "1" } }),
];

describe("the fleet on show", () => {
  it("is read from the address", () =>
    expect(readFleetQuery("?q=db&labels=site%3Da,rack%3D1&sort=-worst")).toEqual({
      words: "db",
      labels: ["site=a", "rack=1"],
      sort: { by: "worst", isDown: true },
    }));
  it("takes no order that there is not", () => expect(readFleetQuery("?sort=-colour").sort).toBeNull());
  it("is of the hosts that carry every label, one with a comma too", () => {
    const search = withLabels("", ["site=a%2Cb", "rack=1"]);
    expect(names(selected(FLEET, readFleetQuery(search)))).toEqual(["web-10"]);
  });
  it("puts who has no figure behind all others, whichever way", () => {
    expect(names(ordered(FLEET, { by: "worst", isDown: true }))).toEqual(["web-9", "web-10", "db"]);
    expect(names(ordered(FLEET, { by: "worst", isDown: false }))).toEqual(["web-10", "web-9", "db"]);
    expect(names(ordered(FLEET, { by: "name", isDown: false }))).toEqual(["db", "web-9", "web-10"]);
  });
  it("goes from one order to the other and back to the server's", () => {
    expect(nextSort(null, "worst")).toBe("-worst");
    expect(nextSort({ by: "worst", isDown: true }, "worst")).toBe("worst");
    expect(nextSort({ by: "worst", isDown: false }, "worst")).toBeNull();
    expect(nextSort({ by: "worst", isDown: true }, "name")).toBe("name");
  });
  it("keeps the order that stood, and puts who is new last", () =>
    expect(names(keepOrder(["db", "web-9"], FLEET))).toEqual(["db", "web-9", "web-10"]));
  it("offers the labels that are there", () =>
    expect(labelsPresent(FLEET, 2)).toEqual([
      { label: "rack=1", count: 2 },
      { label: "site=a%2Cb", count: 2 },
    ]));
  it("are the same as long as each host carries what the one in its place did", () => {
    const again = FLEET.map((one) => ({ ...one, labels: { ...one.labels }, words: "new" }));
    expect(sameLabels(FLEET, again)).toBe(true);
    expect(sameLabels(FLEET, again.slice(1))).toBe(false);
    expect(sameLabels(FLEET, [...again.slice(0, -1), host("x", { labels: { rack: "other" } })])).toBe(false);
    expect(sameLabels([host("x", { labels: { a: "1" } })], [host("x", { labels: { a: "1", b: "2" } })])).toBe(false);
  });
});

describe("the fleet as a file", () => {
  it("has integers as they are, nothing for unknown, and no formula", () => {
    const bound = { lo_ns: "-9007199254740993", hi_ns: "5" };
    const lines = csvOf([host('=1+1,"x"', { guaranteed: bound, worst_error_ns: "9007199254740993" }), host("b")]).split("\r\n");
    expect(lines[0]).toBe(
      "id,name,labels,liveness,status,reason,as_of,lo_ns,hi_ns,tight_lo_ns,tight_hi_ns,worst_error_ns,last_received_at,words",
    );
    expect(lines[1]).toBe('"=1+1,""x""","\'=1+1,""x""",,reporting,proven,,,-9007199254740993,5,,,9007199254740993,,');
    expect(lines[2]).toBe("b,b,,reporting,proven,,,,,,,,,");
  });
  it("is the API's list as JSON", () => expect(JSON.parse(jsonOf(FLEET))).toEqual({ items: FLEET, next: null }));
});
