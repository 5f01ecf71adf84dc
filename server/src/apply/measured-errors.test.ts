import { parseUtc, type UtcInstant } from "@truebound/time";
import { describe, expect, it } from "vitest";
import { chainDocument } from "../traceability/chain-document.fixture.ts";
import type { Thing } from "./document.ts";
import { takeMeasured } from "./measured-errors.ts";

const ID = "00000000-0000-4000-8000-000000000001";
const NEXT = "00000000-0000-4000-8000-000000000002";
const PAPER = "00000000-0000-4000-8000-000000000003";
const now = parseUtc("2026-06-01T12:00:00Z") as UtcInstant;
const test = { kind: "stamp_test", stamp_point: "gateway", app_error_ns: "9000", hosts: { role: "gw" } } as const;
const paper = chainDocument(PAPER, { kind: "stamp_point", app_error_ns: "5" });
const scope = (body: object): Thing => ({ kind: "scope", key: "a", body: { hosts: { role: "gw" }, stamp_point: "gateway", ...body } });
const taken = (body: object, documents = [chainDocument(ID, test), paper]) =>
  takeMeasured([scope(body)], new Map([["scope a", { line: 7, column: 3 }]]), { documents, now });

describe("the application error of a scope", () => {
  it("is what the stamp test measured that it names", () => {
    const { things, problems, warnings } = taken({ app_error_from: ID, app_error_ns: "0" });
    expect([things[0]?.body.app_error_ns, problems, warnings]).toEqual(["9000", [], []]);
  });
  it.each([
    [NEXT, [chainDocument(ID, test)], "no document has this id"],
    [PAPER, [paper], "of kind stamp_point and measured nothing"],
    [ID, [chainDocument(ID, { ...test, valid_to: "2026-05-31" })], "in force until 2026-05-31; test again"],
    [ID, [chainDocument(ID, { ...test, valid_from: "2026-06-02" })], "in force from 2026-06-02 on"],
    [ID, [chainDocument(ID, test), chainDocument(NEXT, { ...test, replaces: ID })], `document ${NEXT} stands in its place`],
  ])("is not taken from %s of %j", (id, documents, words) => {
    const { problems } = taken({ app_error_from: id, app_error_ns: "0" }, documents);
    expect(problems).toEqual([{ at: { line: 7, column: 3 }, words: expect.stringContaining(words) }]);
    expect(problems[0]?.words).toContain(`Cannot take app_error_from ${id} of scope a: `);
  });
  it("on its last day still counts", () =>
    expect(taken({ app_error_from: ID }, [chainDocument(ID, { ...test, valid_to: "2026-06-01" })]).problems).toEqual([]));
  it.each([
    [
      { app_error_ns: "8999" },
      [`scope a: an app_error of 8999 ns is less than the 9000 ns that "${ID}" measured at this stamp point; write app_error_from: ${ID}`],
    ],
    [{ app_error_ns: "9000" }, []],
    [{ app_error_ns: "0", stamp_point: "desk" }, []],
    [{ app_error_ns: "0", stamp_point: null }, []],
    [{ app_error_ns: "0", hosts: { role: "db" } }, []],
    [{ app_error_from: ID, stamp_point: "desk" }, [`scope a: "${ID}" was measured at "gateway", not at "desk"`]],
    [{ app_error_from: ID, hosts: {} }, [expect.stringContaining("stands for hosts with role=gw")]],
  ])("typed as %j is doubted so", (body, words) => expect(taken(body).warnings.map((one) => one.words)).toEqual(words));
});
