import type { UtcInstant } from "@truebound/time";
import { sayLabels } from "../admin/labels.ts";
import type { LabelSet } from "../policy/choose-policy.ts";
import type { ChainDocument } from "../traceability/chain.ts";
import { isOfStampPoint, type StampTest, stampTestsAt, standsFor, whyNotFrom } from "../traceability/stamp-tests.ts";
import { placeKey, type Thing } from "./document.ts";
import type { FileProblem, Place } from "./located.ts";

/** The documents of the chain, and the clock of the database. */
export interface StampTests {
  readonly documents: readonly ChainDocument[];
  readonly now: UtcInstant;
}

export interface MeasuredErrors {
  /** Each scope with the application error that its stamp test measured. */
  readonly things: readonly Thing[];
  readonly problems: readonly FileProblem[];
  readonly warnings: readonly FileProblem[];
}

/** What the file alone cannot know: what a stamp test measured. A number that somebody typed is held against those of its stamp point. */
export function takeMeasured(things: readonly Thing[], places: ReadonlyMap<string, Place>, tests: StampTests): MeasuredErrors {
  const [taken, problems, warnings]: [Thing[], FileProblem[], FileProblem[]] = [[], [], []];
  for (const thing of things) {
    const at = places.get(placeKey(thing)) ?? { line: 1, column: 1 };
    const { thing: kept, problem, doubts } = thing.kind === "scope" ? measuredOf(thing, tests) : { thing, problem: null, doubts: [] };
    taken.push(kept);
    if (problem !== null) problems.push({ at, words: problem });
    warnings.push(...doubts.map((words) => ({ at, words: `scope ${thing.key}: ${words}` })));
  }
  return { things: taken, problems, warnings };
}

interface Measured {
  readonly thing: Thing;
  readonly problem: string | null;
  readonly doubts: readonly string[];
}

function measuredOf(thing: Thing, { documents, now }: StampTests): Measured {
  const { app_error_from: id } = thing.body;
  const inForce = stampTestsAt(documents, now);
  if (typeof id !== "string") return { thing, problem: null, doubts: tooSmall(thing, inForce) };
  const test = inForce.find((one) => one.id === id);
  if (test === undefined) {
    const problem = `Cannot take app_error_from ${id} of scope ${thing.key}: ${whyNotFrom(id, documents, now)}`;
    return { thing, problem, doubts: [] };
  }
  return { thing: { ...thing, body: { ...thing.body, app_error_ns: test.app_error_ns } }, problem: null, doubts: elsewhere(thing, test) };
}

const hostsOf = ({ body }: Thing): LabelSet => body.hosts as LabelSet;
const pointOf = ({ body: { stamp_point } }: Thing): string | null => (typeof stamp_point === "string" ? stamp_point : null);

const tooSmall = (thing: Thing, tests: readonly StampTest[]): string[] =>
  tests
    .filter((test) => isOfStampPoint(test, pointOf(thing), hostsOf(thing)))
    .filter(({ app_error_ns }) => BigInt(app_error_ns) > BigInt(String(thing.body.app_error_ns)))
    .map(
      ({ id, title, app_error_ns }) =>
        `an app_error of ${thing.body.app_error_ns} ns is less than the ${app_error_ns} ns that ${JSON.stringify(title)} measured at this stamp point; write app_error_from: ${id}`,
    );

function elsewhere(thing: Thing, test: StampTest): string[] {
  const point = pointOf(thing);
  return [
    ...(point === null || point === test.stamp_point
      ? []
      : [`${JSON.stringify(test.title)} was measured at ${JSON.stringify(test.stamp_point)}, not at ${JSON.stringify(point)}`]),
    ...(standsFor(test, hostsOf(thing))
      ? []
      : [`${JSON.stringify(test.title)} stands for hosts with${sayLabels(test.hosts)}, which not all hosts of the scope need to carry`]),
  ];
}
