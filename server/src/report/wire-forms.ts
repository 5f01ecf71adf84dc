import type { WireForms } from "@truebound/audit";
import { utc } from "@truebound/time";
import {
  type Calendar,
  chainText,
  encodeDelivery,
  genesisText,
  type HexDigest,
  keyChangeText,
  signatureBase,
  statementText,
} from "@truebound/wire";
import { scheduleByForms, UnknownTimezone } from "../audit/schedule.ts";
import { readBatch } from "../evidence/read-batch.ts";
import type { OpenContent } from "../ingest/ports.ts";
import { planReport } from "../plan/measured.ts";
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
  readPlan: (body, host) => {
    const opened = open(body, MOST_TEXT);
    const read = opened.kind === "open" ? readBatch(opened.bytes, host) : null;
    return read === null || "faults" in read ? null : planReport(read.batch);
  },
  // A calendar was checked when it was set; what is none of its form throws, and the bundle is none.
  hoursOf: (forms, { from, to }) => {
    const dated = forms.map(({ calendar, from: since }) => ({ calendar: calendar as Calendar | null, from: utc(since) }));
    try {
      return scheduleByForms(dated, { from: utc(from), to: utc(to) });
    } catch (error) {
      if (error instanceof UnknownTimezone) return { unknownTimezone: error.timezone };
      throw error;
    }
  },
  readStatement: (body, context, at) => statementRecord(body, context, at, sha256),
});
