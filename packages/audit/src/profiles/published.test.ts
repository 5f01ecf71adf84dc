import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { profileText } from "../profile-text.ts";
import { PROFILES } from "./index.ts";
import { isPublished, isShipped, PUBLISHED } from "./published.ts";

it("has the text of each limit that comes with this version", () => {
  const hashes = PROFILES.map((profile) => [profile.id, createHash("sha256").update(profileText(profile)).digest("hex")] as const);
  expect(hashes.filter(([id, sha256]) => !isPublished(id, sha256))).toEqual([]);
});
it("is what the second verifier knows too", () => {
  const source = readFileSync(new URL("../../../../docs/verify/verify.py", import.meta.url), "utf8");
  const table = /^PUBLISHED = \{$([\s\S]*?)^\}$/m.exec(source)?.[1] ?? "";
  const rows = [...table.matchAll(/"([^"]+)": \(([^)]*)\),/g)].map(([, id, hashes]) => [
    id,
    [...(hashes ?? "").matchAll(/[0-9a-f]{64}/g)].map(([hash]) => hash),
  ]);
  expect(Object.fromEntries(rows)).toEqual(PUBLISHED);
});
it("knows nothing of what somebody set", () => {
  expect(["our-pci", "toString", "__proto__", 7].filter(isShipped)).toEqual([]);
});
