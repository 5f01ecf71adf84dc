import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import type { PasswordCrypto } from "../../access/password.ts";

/** Each takes 32 MiB and a thread of the pool, which signatures and files use as well. */
const AT_ONCE = 2;
const WAITING_MOST = 16;
const MEMORY_MOST = 256 * 1024 * 1024;

export function passwordCrypto(): PasswordCrypto {
  const waiting: (() => void)[] = [];
  let running = 0;
  const turn = async (): Promise<boolean> => {
    if (running < AT_ONCE) running += 1;
    else if (waiting.length >= WAITING_MOST) return false;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    return true;
  };
  const done = (): void => {
    const next = waiting.shift();
    // Its place goes to whoever waits.
    if (next === undefined) running -= 1;
    else next();
  };
  return {
    randomBytes: (count) => randomBytes(count),
    equal: (a, b) => a.length === b.length && timingSafeEqual(a, b),
    scrypt: async (password, salt, { log2N, r, p }, bytes) => {
      if (!(await turn())) return null;
      try {
        return await new Promise<Uint8Array>((resolve, reject) =>
          scrypt(password, salt, bytes, { N: 2 ** log2N, r, p, maxmem: MEMORY_MOST }, (error, hash) =>
            error === null ? resolve(hash) : reject(error),
          ),
        );
      } finally {
        done();
      }
    },
  };
}
