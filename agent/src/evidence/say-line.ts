import { EVIDENCE_VERSION, type EvidenceHead, type EvidenceLine } from "../interval-source/evidence-line.ts";

/** The first line of a carrier. */
export const sayHead = ({ clock, document, model }: EvidenceHead): string =>
  JSON.stringify({ truebound_evidence: EVIDENCE_VERSION, clock, document, ...(model === null ? {} : { model }) });

/** One interval: whole nanoseconds, in quotes, since they pass 2^53. */
export const sayLine = ({ t, lo, hi }: Pick<EvidenceLine, "t" | "lo" | "hi">): string =>
  JSON.stringify({ t: t.toString(), lo: lo.toString(), hi: hi.toString() });
