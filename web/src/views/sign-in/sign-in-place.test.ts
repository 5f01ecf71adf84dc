import { expect, it } from "vitest";
import { linkSecret, returnPath } from "./sign-in-place.ts";

it("finds the secret of a link, and nothing in any other fragment", () => {
  const secret = `${"A".repeat(42)}_`;
  expect(linkSecret(`#link=${secret}`)).toBe(secret);
  for (const other of ["", "#link=", `#link=${secret}x`, `#other=${secret}`, "#link=<script>"]) expect(linkSecret(other)).toBeNull();
});

it("goes back to the page that somebody came for", () => {
  expect(returnPath("/hosts/db-1", "?from=now-6h")).toBe("/hosts/db-1?from=now-6h");
  expect(returnPath("/sign-in", "")).toBe("/");
});
