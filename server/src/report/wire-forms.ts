import type { WireForms } from "@truebound/audit";
import { chainText, encodeDelivery, genesisText, type HexDigest, keyChangeText, signatureBase, statementText } from "@truebound/wire";
import { readBatch } from "../evidence/read-batch.ts";
import type { OpenContent } from "../ingest/ports.ts";
import { batchRecord, statementRecord } from "./evidence-record.ts";

/** No batch decodes to more. */
const MOST_TEXT = 64 * 1024 * 1024;

/** The words in which agents sign, and how what they signed is read. */
export const wireForms = (open: OpenContent, sha256: HexDigest): WireForms => ({
  chainText,
  genesisText,
  signatureBase,
  statementText,
  keyChangeText,
  encodeDelivery,
  readBatch: (body, at) => {
    const opened = open(body, MOST_TEXT);
    if (opened.kind !== "open") return null;
    const read = readBatch(opened.bytes, at.host);
    return "faults" in read || read.setAside.length > 0 ? null : batchRecord(read.batch, at);
  },
  readStatement: (body, context, at) => statementRecord(body, context, at, sha256),
});
