import { parseUtc } from "@truebound/time";
import { describe, expect, it } from "vitest";
import { chainDocument } from "../traceability/chain-document.fixture.ts";
import { appErrorFindings, namedStampTests } from "./app-errors.ts";
import { type PlannedScope, scopeByHand } from "./plan.ts";

const at = (text: string): bigint => parseUtc(text) as bigint;
const period = { from: at("2026-03-01T00:00:00Z"), to: at("2026-03-03T00:00:00Z") };
const test = chainDocument("t", { kind: "stamp_test", stamp_point: "gateway", app_error_ns: "9000", hosts: { role: "gw" } });
const scope = { ...scopeByHand({ id: "p" }), stamp_point: "gateway", app_error_ns: "9000", app_error_from: "t" };
const planned = (more: object = {}, to: bigint | null = null) => ({ scope: { ...scope, ...more }, from: period.from, to });
const found = (one: PlannedScope = planned(), documents = [test], labels: Record<string, string> | null = { role: "gw" }) =>
  appErrorFindings(one, labels, { period, allDocuments: documents }).map(({ kind }) => kind);

describe("a report's application error", () => {
  it("from a test that holds throughout is nothing to do", () => expect(found()).toEqual([]));
  it("is to do where the test ends within the period, unless the scope ended before", () => {
    const ends = chainDocument("t", { ...test, valid_to: "2026-03-01" });
    expect(found(planned(), [ends])).toEqual(["app_error_expired"]);
    expect(found(planned({}, at("2026-03-02T00:00:00Z")), [ends])).toEqual([]);
  });
  it("is to do where no document is there, and where the test is not about the host", () => {
    expect(found(planned(), [])).toEqual(["app_error_expired"]);
    expect(found(planned(), [test], { role: "db" })).toEqual(["app_error_elsewhere"]);
  });
  it("is to do where it is less than what was measured at the stamp point", () => {
    const { app_error_from: _, ...typed } = { ...scope, app_error_ns: "8999" };
    expect(found({ ...planned(), scope: typed })).toEqual(["app_error_below_test"]);
    expect(found({ ...planned(), scope: { ...typed, stamp_point: "desk" } })).toEqual([]);
    expect(found({ ...planned(), scope: typed }, [test], { role: "db" })).toEqual([]);
  });
  it("names each test once", () => {
    const said = namedStampTests([planned(), planned()], [test, chainDocument("u", { ...test, id: "u" })]);
    expect(said.map(({ id, app_error_ns }) => [id, app_error_ns])).toEqual([["t", "9000"]]);
  });
});
