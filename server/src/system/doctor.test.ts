import type { SystemView } from "@truebound/wire";
import { expect, it } from "vitest";
import { parseDoctor, tellDoctor } from "./doctor.ts";

const view = (not_fine: number): SystemView => ({
  at: null,
  version: "1.0.0",
  state: not_fine === 0 ? "pass" : "warn",
  not_fine,
  checks: [
    { id: "leap_list", state: "warn", words: "It expires soon", since: "2026-11-28T07:00:00.000000000Z", mend: "TRUEBOUND_LEAP_FILE=FILE" },
    { id: "disk", state: "pass", words: "9 GiB are free", since: null, mend: null },
  ],
  servers: [],
});

it("says each check in a line, and what to do under it; 1 where something is not fine", () => {
  expect(tellDoctor(view(1), { json: false })).toEqual({
    code: 1,
    out: `warn     leap_list    It expires soon (since 2026-11-28T07:00:00Z)
                      TRUEBOUND_LEAP_FILE=FILE
pass     disk         9 GiB are free
`,
    err: "",
  });
  expect(tellDoctor(view(0), { json: true })).toEqual({ code: 0, out: `${JSON.stringify(view(0), null, 2)}\n`, err: "" });
});

it("takes no words", () => {
  expect([parseDoctor(["--json"]), parseDoctor(["all"])]).toEqual([{ json: true }, 'Cannot take "all": doctor takes no words']);
});
