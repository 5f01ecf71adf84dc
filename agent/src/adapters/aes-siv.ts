import type { Aead } from "@truebound/ntp";

let loading: Promise<Aead> | null = null;

/** AES-SIV-CMAC-256, which Node does not offer itself. Its tables take some MiB, so it is loaded only where keys were established. */
export function loadAesSiv(): Promise<Aead> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Aead> {
  const { aessiv } = await import("@noble/ciphers/aes.js");
  return {
    seal: (key, associated, plaintext) => aessiv(key, ...associated).encrypt(plaintext),
    open: (key, associated, sealed) => {
      try {
        return aessiv(key, ...associated).decrypt(sealed);
      } catch {
        return null; // it throws for whatever was not sealed with this key
      }
    },
  };
}
