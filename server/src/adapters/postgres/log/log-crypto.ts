import { createHmac } from "node:crypto";
import type { LogCrypto } from "../../../log-book/ports.ts";
import { nodeCrypto } from "../../crypto/node-crypto.ts";

export const logCrypto: LogCrypto = {
  sha256: nodeCrypto.sha256,
  hmac: (key, message) => createHmac("sha256", key).update(message).digest(),
  randomBytes: nodeCrypto.randomBytes,
  verifyEd25519: nodeCrypto.verifyEd25519,
};
