import { createCipheriv } from "node:crypto";
import { type Aead, TAG_BYTES } from "./aead.ts";

/** AES-SIV-CMAC-256 by RFC 5297 and RFC 4493 themselves, from AES alone: a second one beside the product's, for tests. */
export const plainAesSiv: Aead = {
  seal: (key, associated, plaintext) => {
    const tag = s2v(key.subarray(0, 16), [...associated, plaintext]);
    return Buffer.concat([tag, counter(key.subarray(16), tag, plaintext)]);
  },
  open: (key, associated, sealed) => {
    const tag = sealed.subarray(0, TAG_BYTES);
    const plaintext = counter(key.subarray(16), tag, sealed.subarray(TAG_BYTES));
    return s2v(key.subarray(0, 16), [...associated, plaintext]).equals(tag) ? plaintext : null;
  },
};

function block(key: Uint8Array, input: Uint8Array): Buffer {
  const cipher = createCipheriv("aes-128-ecb", key, null).setAutoPadding(false);
  return Buffer.concat([cipher.update(input), cipher.final()]);
}

function counter(key: Uint8Array, tag: Uint8Array, input: Uint8Array): Buffer {
  const start = Buffer.from(tag);
  start[8] = (start[8] as number) & 0x7f;
  start[12] = (start[12] as number) & 0x7f;
  const cipher = createCipheriv("aes-128-ctr", key, start);
  return Buffer.concat([cipher.update(input), cipher.final()]);
}

const ZERO = Buffer.alloc(16);
const xor = (a: Uint8Array, b: Uint8Array): Buffer => Buffer.from(a.map((byte, index) => byte ^ (b[index] ?? 0)));

/** Twice the block, in GF(2^128). */
function double(input: Uint8Array): Buffer {
  const shifted = Buffer.from(input.map((byte, index) => (byte << 1) | ((input[index + 1] ?? 0) >> 7)));
  if (((input[0] as number) & 0x80) !== 0) shifted[15] = (shifted[15] as number) ^ 0x87;
  return shifted;
}

const padded = (input: Uint8Array): Buffer => Buffer.concat([input, Buffer.of(0x80), ZERO]).subarray(0, 16);

function cmac(key: Uint8Array, message: Uint8Array): Buffer {
  const once = double(block(key, ZERO));
  const whole = message.length > 0 && message.length % 16 === 0;
  const from = Math.max(0, Math.ceil(message.length / 16) - 1) * 16;
  const rest = message.subarray(from);
  let chain: Buffer = ZERO;
  for (let at = 0; at < from; at += 16) chain = block(key, xor(chain, message.subarray(at, at + 16)));
  return block(key, xor(chain, whole ? xor(rest, once) : xor(padded(rest), double(once))));
}

function s2v(key: Uint8Array, strings: readonly Uint8Array[]): Buffer {
  const last = strings.at(-1) as Uint8Array;
  const sum = strings.slice(0, -1).reduce<Buffer>((all, next) => xor(double(all), cmac(key, next)), cmac(key, ZERO));
  if (last.length < 16) return cmac(key, xor(double(sum), padded(last)));
  const end = Buffer.from(last);
  xor(end.subarray(-16), sum).copy(end, end.length - 16);
  return cmac(key, end);
}
