import { describe, expect, it } from "vitest";
import { crc32c, encodeFrame, scanFrames } from "./frame.ts";
import type { SealedBatch } from "./sealed-batch.ts";

const whole: SealedBatch = { epoch: 1, seq: 7, prev: "p", digest: "d", hash: "h", body: new TextEncoder().encode("{}") };

/** A frame whose checksum is right, whatever it holds. */
function framed(header: string, headerLength = header.length): Uint8Array {
  const payload = Buffer.concat([new Uint8Array(4), Buffer.from(header), Buffer.from("{}")]);
  payload.writeUInt32BE(headerLength, 0);
  const prefix = Buffer.alloc(8);
  prefix.writeUInt32BE(payload.length, 0);
  prefix.writeUInt32BE(crc32c(payload), 4);
  return Buffer.concat([prefix, payload]);
}

describe("frames on disk", () => {
  it.each([
    ["no JSON", framed("version 9")],
    ["a header of another version", framed('{"v":2,"n":7}')],
    ["a sequence number that is none", framed('{"epoch":1,"seq":"7","prev":"p","digest":"d","hash":"h"}')],
    ["nothing", framed("null")],
    ["a header longer than the frame", framed(JSON.stringify({ ...whole, body: undefined }), 5000)],
  ])("that are whole and hold %s are where the sound ones end", (_, foreign) => {
    const sound = encodeFrame(whole);
    expect(scanFrames(Buffer.concat([sound, foreign, sound]))).toMatchObject({ batches: [{ seq: 7 }], soundBytes: sound.length });
  });
  it("come back as they were written", () => expect(scanFrames(encodeFrame(whole)).batches).toEqual([whole]));
});
