import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { ARCHITECTURES } from "./architecture.ts";

const lock = JSON.parse(readFileSync(new URL("../../../package-lock.json", import.meta.url), "utf8"));

it.each(ARCHITECTURES)("the native part for $name is that of the lockfile", ({ koffi }) => {
  const { version, integrity } = lock.packages[`node_modules/${koffi.name}`];
  expect(koffi).toEqual({ name: koffi.name, version, integrity });
});
