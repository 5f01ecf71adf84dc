import fc from "fast-check";
import { expect, it } from "vitest";
import { plainAesSiv } from "../../../packages/ntp/src/nts/aes-siv.fixture.ts";
import { SIV_VECTORS } from "../../../packages/ntp/src/nts/siv-vectors.fixture.ts";
import { loadAesSiv } from "./aes-siv.ts";

const aesSiv = await loadAesSiv();

it.each(SIV_VECTORS)("gives what RFC 5297 prints: $name", ({ key, associated, plaintext, sealed }) => {
  expect(Buffer.from(aesSiv.seal(key, associated, plaintext))).toEqual(sealed);
  expect(Buffer.from(aesSiv.open(key, associated, sealed) as Uint8Array)).toEqual(plaintext);
  expect(
    aesSiv.open(
      key,
      associated,
      Uint8Array.from(sealed, (byte, index) => (index === 20 ? byte ^ 1 : byte)),
    ),
  ).toBeNull();
  expect(aesSiv.open(key, associated, sealed.subarray(0, 15))).toBeNull();
});

it("gives what a plain reading of the RFC gives, whatever the lengths are", () => {
  const bytes = (maxLength: number) => fc.uint8Array({ maxLength });
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.array(bytes(70), { maxLength: 3 }),
      bytes(70),
      (key, associated, plaintext) => {
        const sealed = aesSiv.seal(key, associated, plaintext);
        expect([...sealed]).toEqual([...plainAesSiv.seal(key, associated, plaintext)]);
        expect([...(aesSiv.open(key, associated, sealed) as Uint8Array)]).toEqual([...plaintext]);
      },
    ),
    { numRuns: 200 },
  );
});
