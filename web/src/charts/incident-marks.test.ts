import type { Incident } from "@truebound/wire";
import { expect, it } from "vitest";
import { begunWithin, markOf } from "./incident-marks.ts";

const at = (id: string, opened_at: string): Incident => ({ id, opened_at }) as Incident;
const FROM = Date.parse("2026-11-26T03:00:00Z");
const TO = Date.parse("2026-11-26T04:00:00Z");

it("marks what began within the picture, in its order", () => {
  const late = at("9", "2026-11-26T03:59:00.5Z");
  const early = at("7", "2026-11-26T03:00:00Z");
  const others = [at("1", "2026-11-26T02:59:59.999Z"), at("2", "2026-11-26T04:00:00.001Z")];
  expect(begunWithin([...others, late, early], FROM, TO).map(markOf)).toEqual([
    { at_ms: FROM, label: "7" },
    { at_ms: FROM + 59 * 60_000 + 500, label: "9" },
  ]);
});
