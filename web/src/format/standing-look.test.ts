import { expect, it } from "vitest";
import { standingLook } from "./standing-look.ts";

const member = (standing: string, measures: number, measured_by: number) =>
  ({ standing: standing as never, measures, measured_by, kind: "agent", guaranteed: null }) as const;
const look = (standing: string, measures = 1, measured_by = 1) => standingLook(member(standing, measures, measured_by)).look;

it("shows as fine only who was compared and is not accused", () => {
  expect(look("cleared")).toBe("proven");
  expect(look("unaccused", 0, 1)).toBe("proven");
  expect(look("unaccused", 0, 0)).toBe("unknown");
  expect(look("flagged", 0, 0)).toBe("conflict");
  expect(look("suspect")).toBe("unverified");
  expect(look("splendid")).toBe("unknown");
});

it("shows no target as fine of which nothing is known, though agents without a bound measure it", () => {
  const target = { ...member("unaccused", 0, 2), kind: "target" } as const;
  expect(standingLook(target)).toMatchObject({ look: "unknown", word: "not compared", means: expect.stringContaining("has a bound") });
  expect(standingLook({ ...target, guaranteed: { lo_ns: "-1", hi_ns: "1" } }).look).toBe("proven");
  expect(standingLook({ ...target, standing: "suspect" }).look).toBe("unverified");
});
