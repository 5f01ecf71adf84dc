import { formatUtc } from "@truebound/time";
import type { Batch, TermsPoint, TermsSeries } from "@truebound/wire";
import { isRefusal, type Refusal, refuse } from "../refusal.ts";
import { EvidenceBudget } from "./evidence-budget.ts";
import type { SpreadEvidence } from "./ports.ts";
import { findHost, type Parameters, type QuestionPorts, readCount, readRange } from "./questions.ts";

const POINTS_DEFAULT = 120;
const POINTS_MAX = 240;

/** What the width was made of over a range. A batch names the terms of its last bound, so a batch is a point, and a long range is sampled. */
export async function askTerms(ports: QuestionPorts, parameters: Parameters): Promise<TermsSeries | Refusal> {
  const found = await findHost(ports, parameters);
  if (isRefusal(found)) return found;
  const points = readCount(parameters.points, POINTS_DEFAULT, POINTS_MAX);
  if (points === null) return refuse("bad_request", `Cannot draw ${parameters.points} points: points is a number from 1 to ${POINTS_MAX}`);
  const range = await readRange(ports.store, parameters, "now-1h");
  if (isRefusal(range)) return range;
  const { id } = found.record;
  const evidence = await ports.store.evidenceSpread(id, range.from, range.to, points);
  const drawn = await pointsOf(ports, id, evidence);
  return { from: formatUtc(range.from), to: formatUtc(range.to), host: id, sampled: !isEachOne(evidence), points: drawn };
}

/** Ends where one question has read enough. */
async function pointsOf({ read, pause }: QuestionPorts, host: string, evidence: readonly SpreadEvidence[]): Promise<TermsPoint[]> {
  const budget = new EvidenceBudget();
  const points: TermsPoint[] = [];
  for (const one of evidence) {
    const text = one.text();
    budget.takeText(text.length, one.isWhole);
    if (budget.isSpent) break;
    const { batch } = read(text, host, one.isWhole);
    if (batch.bounds.status.length > 0) points.push(pointOf(batch, one));
    await pause();
  }
  return points;
}

/** What was made up for a rehearsal says nothing of the clock. */
const pointOf = ({ bounds, terms, frequency, rehearsal }: Batch, { lastUtc, epoch, seq }: SpreadEvidence): TermsPoint => ({
  t: formatUtc(lastUtc),
  status: rehearsal === undefined ? (bounds.status.at(-1) as TermsPoint["status"]) : "unknown",
  terms: rehearsal === undefined ? terms : null,
  frequency: rehearsal === undefined ? frequency : { oscillator: null, daemon_slew: null },
  evidence: { epoch, seq },
});

/** No batch lies between them that is not among them. */
const isEachOne = (evidence: readonly SpreadEvidence[]): boolean =>
  evidence.every(({ epoch, seq }, index) => {
    const before = evidence[index - 1];
    return before === undefined || (before.epoch === epoch && before.seq === seq - 1);
  });
