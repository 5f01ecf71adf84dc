import { constants, deflateSync } from "node:zlib";
import { BATCH_DICTIONARY, type Batch, MESH_DICTIONARY } from "@truebound/wire";

/** Figures scatter: matches of three digits among them cost more than the digits, and this strategy makes none. */
const options = (dictionary: string) => ({ level: 9, strategy: constants.Z_FILTERED, dictionary: Buffer.from(dictionary) });
const [PLAIN, OF_MESH] = [options(BATCH_DICTIONARY), options(MESH_DICTIONARY)];

/** The bytes of a batch, as they are hashed, kept and sent: JSON in UTF-8, deflated (RFC 1950) with the dictionary of such batches. */
export const batchContent = (batch: Batch): Uint8Array => deflateSync(JSON.stringify(batch), batch.mesh === undefined ? PLAIN : OF_MESH);
