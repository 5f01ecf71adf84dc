import { expect, it } from "vitest";
import { standingLook } from "./standing-look.ts";

const look = (standing: string, measures = 1, measured_by = 1) => standingLook({ standing: standing as never, measures, measured_by }).look;

it("shows as fine only who was compared and is not accused", () => {
  expect(look("cleared")).toBe("proven");
  expect(look("unaccused", 0, 1)).toBe("proven");
  expect(look("unaccused", 0, 0)).toBe("unknown");
  expect(look("flagged", 0, 0)).toBe("conflict");
  expect(look("suspect")).toBe("unverified");
  expect(look("splendid")).toBe("unknown");
});
