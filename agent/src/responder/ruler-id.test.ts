import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { rulerId } from "./ruler-id.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const FACTS = { bootId: "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0", started: 812_345_678_901n, disruptions: 0 };

it("a ruler's name is 32 bits of what makes it another ruler", () => {
  const expected = createHash("sha256").update(`truebound ruler\n${FACTS.bootId}\n812345678901\n0`).digest().readUInt32BE(0);
  expect(rulerId(FACTS, sha256)).toBe(expected);
  const others = [{ bootId: "another" }, { started: 812_345_678_902n }, { disruptions: 1 }].map((more) =>
    rulerId({ ...FACTS, ...more }, sha256),
  );
  expect(new Set([expected, ...others]).size).toBe(4);
});

it("it fits into the field and the batch", () =>
  fc.assert(
    fc.property(fc.string(), fc.bigInt({ min: 0n, max: 1n << 63n }), fc.nat(), (bootId, started, disruptions) => {
      const id = rulerId({ bootId, started, disruptions }, sha256);
      expect(Number.isInteger(id) && id >= 0 && id <= 0xffff_ffff).toBe(true);
    }),
  ));
