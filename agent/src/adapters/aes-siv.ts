import { aessiv } from "@noble/ciphers/aes.js";
import type { Aead } from "@truebound/ntp";

/** AES-SIV-CMAC-256. Node's own OpenSSL offers no mode of it on all releases that run here. */
export const aesSiv: Aead = {
  seal: (key, associated, plaintext) => aessiv(key, ...associated).encrypt(plaintext),
  open: (key, associated, sealed) => {
    try {
      return aessiv(key, ...associated).decrypt(sealed);
    } catch {
      return null; // it throws for whatever was not sealed with this key
    }
  },
};
