import { defineConfig } from "vitest/config";
import { shared } from "./vitest.config.ts";

/** Takes the pictures of docs/images/ anew; it checks nothing, and so is part of no other run. */
export default defineConfig({
  ...shared,
  test: { ...shared.test, include: ["test/readme-pictures.ts"], testTimeout: 900_000, maxWorkers: 1 },
});
