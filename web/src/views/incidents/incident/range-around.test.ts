import { expect, it } from "vitest";
import { parseRange } from "../../../route/range.ts";
import { rangeAround } from "./range-around.ts";

const read = (search: string) => {
  const query = new URLSearchParams(search);
  return parseRange(query.get("from"), query.get("to"));
};

it("lies ten minutes around an incident that is over", () =>
  expect(read(rangeAround({ opened_at: "2026-11-26T03:00:00.123456Z", resolved_at: "2026-11-26T03:20:00Z" }))).toEqual({
    from: { kind: "absolute", at_ms: Date.parse("2026-11-26T02:50:00.123Z") },
    to: { kind: "absolute", at_ms: Date.parse("2026-11-26T03:30:00.000Z") },
  }));

it("ends now while the incident goes on", () =>
  expect(read(rangeAround({ opened_at: "2026-11-26T03:00:00Z", resolved_at: null }))?.to).toEqual({ kind: "relative", back_ms: 0 }));
