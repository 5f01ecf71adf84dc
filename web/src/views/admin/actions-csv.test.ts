import type { Action } from "@truebound/wire";
import { expect, it } from "vitest";
import { actionsCsv, fits } from "./actions-csv.ts";

const ACTION: Action = {
  id: "7",
  at: "2026-11-27T06:00:00.000000000Z",
  actor: '=HYPERLINK("http://x")',
  actor_kind: "person",
  operation: "addPerson",
  target: null,
  detail: { name: "a,b" },
  address: "127.0.0.1",
  outcome: 200,
};

it("writes no cell that a table program would run, and none that breaks the line", () => {
  const [head, line] = actionsCsv([ACTION]).split("\r\n");
  expect(head).toBe("id,at,actor,actor_kind,operation,target,outcome,address,detail");
  expect(line).toBe(`7,2026-11-27T06:00:00.000000000Z,"'=HYPERLINK(""http://x"")",person,addPerson,,200,127.0.0.1,"{""name"":""a,b""}"`);
});

it("finds an action by every word of a search", () => {
  expect(fits(ACTION, "ADDperson 127.0")).toBe(true);
  expect(fits(ACTION, "addperson nobody")).toBe(false);
  expect(fits(ACTION, "")).toBe(true);
});
