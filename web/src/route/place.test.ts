import { expect, it } from "vitest";
import { causePath, hostPath, incidentPath, pairPath, placeOf, reportPath, sourcePath } from "./place.ts";
import { lastingQuery, withQuery } from "./query.ts";

it("finds the view of an address", () => {
  expect(placeOf("/")).toEqual({ view: "fleet" });
  expect(placeOf(hostPath("a b/ä"))).toEqual({ view: "host", id: "a b/ä" });
  expect(placeOf("/sources/")).toEqual({ view: "sources" });
  expect(placeOf(sourcePath("127.0.0.1 of a/ä"))).toEqual({ view: "source", id: "127.0.0.1 of a/ä" });
  expect(placeOf("/peers")).toEqual({ view: "peers" });
  expect(placeOf("/peers/")).toEqual({ view: "peers" });
  expect(placeOf(pairPath("a b/ä", "c"))).toEqual({ view: "pair", a: "a b/ä", b: "c" });
  expect(placeOf("/peers/only-one")).toEqual({ view: "nowhere", path: "/peers/only-one" });
  expect(placeOf("/incidents")).toEqual({ view: "incidents" });
  expect(placeOf(incidentPath("17"))).toEqual({ view: "incident", id: "17" });
  expect(placeOf("/reference/")).toEqual({ view: "reference", operation: null });
  expect(placeOf("/reference/getHost")).toEqual({ view: "reference", operation: "getHost" });
  expect(placeOf("/reports/")).toEqual({ view: "audit", tab: "reports" });
  expect(placeOf("/audit")).toEqual({ view: "audit", tab: "reports" });
  expect(placeOf("/audit/questions")).toEqual({ view: "audit", tab: "questions" });
  expect(placeOf("/audit/elsewhere")).toEqual({ view: "nowhere", path: "/audit/elsewhere" });
  expect(placeOf(reportPath("a b/ä"))).toEqual({ view: "report", id: "a b/ä" });
  expect(placeOf("/alerting/")).toEqual({ view: "alerting" });
  expect(placeOf("/hosts/%zz")).toEqual({ view: "host", id: "%zz" });
  expect(placeOf("/hosts/")).toEqual({ view: "nowhere", path: "/hosts/" });
});

it.each([
  [{ kind: "host", key: "host:h1", name: "db-1" }, "/hosts/h1"],
  [{ kind: "source", key: "source:2001:db8::1", name: "2001:db8::1" }, "/sources/2001%3Adb8%3A%3A1"],
  [{ kind: "mesh", key: "mesh:fra", name: "fra" }, "/peers"],
  [{ kind: "group", key: "group:rack=r1", name: "rack=r1" }, null],
] as const)("leads from an incident of %j to its page", (cause, path) => expect(causePath(cause)).toBe(path));

it("changes a query and leaves the rest of it alone", () => {
  expect(withQuery("?q=db&truth=1", { q: null })).toBe("?truth=1");
  expect(withQuery("?truth=1", { from: "2026-11-23T14:00:00.000Z" })).toBe("?truth=1&from=2026-11-23T14:00:00.000Z");
  expect(withQuery("?q=x", { q: "" })).toBe("");
  expect(lastingQuery("?q=db&truth=1&from=now-1h")).toBe("?truth=1");
});
