import { constants, deflateSync } from "node:zlib";
import { BATCH_DICTIONARY, type Batch } from "@truebound/wire";

/** Figures scatter: matches of three digits among them cost more than the digits, and this strategy makes none. */
const OPTIONS = { level: 9, strategy: constants.Z_FILTERED, dictionary: Buffer.from(BATCH_DICTIONARY) };

/** The bytes of a batch, as they are hashed, kept and sent: JSON in UTF-8, deflated (RFC 1950) with the dictionary of batches. */
export const batchContent = (batch: Batch): Uint8Array => deflateSync(JSON.stringify(batch), OPTIONS);
