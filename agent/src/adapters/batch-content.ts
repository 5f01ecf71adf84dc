import { deflateSync } from "node:zlib";
import { BATCH_DICTIONARY, type Batch } from "@truebound/wire";

const OPTIONS = { level: 9, dictionary: Buffer.from(BATCH_DICTIONARY) };

/** The bytes of a batch, as they are hashed, kept and sent: JSON in UTF-8, deflated (RFC 1950) with the dictionary of batches. */
export const batchContent = (batch: Batch): Uint8Array => deflateSync(JSON.stringify(batch), OPTIONS);
