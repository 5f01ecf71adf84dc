import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { vectorsFile } from "./segment-vectors.ts";

const CLIENTS = join(import.meta.dirname, "../clients");
const VECTORS = join(CLIENTS, "vectors.fixture.json");

it("the vectors that all readers share are those of the agent's own writer", () => {
  if (process.env.UPDATE_VECTORS === "1") writeFileSync(VECTORS, vectorsFile());
  expect(readFileSync(VECTORS, "utf8")).toBe(vectorsFile());
});
