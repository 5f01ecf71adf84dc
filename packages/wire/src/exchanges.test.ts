import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { BATCH_DICTIONARY, MESH_DICTIONARY } from "./batch-dictionary.ts";
import { packStamps, unpackStamps } from "./exchanges.ts";

it("stamps of any size come back exactly", () => {
  const stamp = fc.bigInt(-(2n ** 62n), 2n ** 62n);
  fc.assert(
    fc.property(fc.array(fc.record({ t1: stamp, t2: stamp, t3: stamp, t4: stamp })), (exchanges) => {
      expect(unpackStamps(packStamps(exchanges))).toEqual(exchanges);
    }),
  );
});

it("the dictionaries are those by which evidence was written", () => {
  expect(createHash("sha256").update(BATCH_DICTIONARY).digest("hex")).toBe(
    "c68a3016790082084de194457fc72cd7a9cc3daf5466fbcd4621e4c24fe1c2fa",
  );
  expect(createHash("sha256").update(MESH_DICTIONARY).digest("hex")).toBe(
    "89885f4a0931e5e462286019ef3bf0e8bd8c50bcadd7a9f6dd40ac1dd852e9b3",
  );
});
