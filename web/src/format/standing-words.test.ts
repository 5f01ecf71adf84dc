import { expect, it } from "vitest";
import { standingWords } from "./standing-words.ts";

it("marks a host only where its peers accuse it", () => {
  expect(standingWords({ peer_standing: "flagged" })).toMatch(/^flagged by /);
  expect(standingWords({ peer_standing: "suspect" })).toMatch(/^suspected by /);
  expect(standingWords({ peer_standing: "cleared" })).toBeNull();
  expect(standingWords({})).toBeNull();
});
