import type { ManifestStampTest } from "@truebound/audit";
import { maxOf, minOf, utc } from "@truebound/time";
import type { ChainDocument } from "../traceability/chain.ts";
import { isOfStampPoint, isStampTest, type StampTest, stampTestsAt, standsFor, whyNotFrom } from "../traceability/stamp-tests.ts";
import type { Findings } from "./findings.ts";
import type { PlanFacts, PlannedScope } from "./plan.ts";
import type { ReportHost } from "./ports.ts";

/** The stamp tests from which scopes have their application error, each once, by id. */
export function namedStampTests(scopes: readonly PlannedScope[], documents: readonly ChainDocument[]): readonly ManifestStampTest[] {
  const named = new Set(scopes.map(({ scope }) => scope.app_error_from));
  return documents
    .filter(isStampTest)
    .filter(({ id }) => named.has(id))
    .map(({ id, title, sha256, stamp_point, app_error_ns, valid_from, valid_to }) => ({
      id,
      title,
      sha256,
      stamp_point,
      app_error_ns,
      valid_from,
      valid_to,
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

type Facts = Pick<PlanFacts, "period" | "allDocuments">;

/** What is to do about the application error of a scope, in the part of the period for which it was declared. Labels null = of no single host. */
export function appErrorFindings(planned: PlannedScope, labels: ReportHost["labels"] | null, { period, allDocuments }: Facts): Findings {
  const { scope, from, to } = planned;
  const [first, last] = [utc(maxOf(period.from, from)), utc((to === null ? period.to : minOf(period.to, to)) - 1n)];
  const { app_error_from: id } = scope;
  const inForce = new Set([...stampTestsAt(allDocuments, first), ...stampTestsAt(allDocuments, last)]);
  const why = id === undefined ? null : (whyNotFrom(id, allDocuments, first) ?? whyNotFrom(id, allDocuments, last));
  return [
    ...(why === null
      ? []
      : [
          {
            kind: "app_error_expired",
            words: `To do: the application error of ${scope.app_error_ns} ns is from document ${id}, which does not hold for all of the time: ${why}`,
          },
        ]),
    ...strange(inForce, id, labels),
    ...tooSmall([...inForce], scope, labels ?? scope.hosts),
  ];
}

const strange = (inForce: ReadonlySet<StampTest>, id: string | undefined, labels: ReportHost["labels"] | null): Findings =>
  [...inForce]
    .filter((test) => test.id === id && labels !== null && !standsFor(test, labels))
    .map(({ title }) => ({
      kind: "app_error_elsewhere",
      words: `To do: ${JSON.stringify(title)}, from which the application error is, does not stand for this host; test there, or say for which hosts it stands`,
    }));

const tooSmall = (
  tests: readonly StampTest[],
  { app_error_ns, stamp_point }: PlannedScope["scope"],
  hosts: ReportHost["labels"],
): Findings =>
  tests
    .filter((test) => isOfStampPoint(test, stamp_point, hosts) && BigInt(test.app_error_ns) > BigInt(app_error_ns))
    .map(({ id, title, app_error_ns: measured }) => ({
      kind: "app_error_below_test",
      words: `To do: an application error of ${app_error_ns} ns is assumed, and ${JSON.stringify(title)} (document ${id}) measured ${measured} ns at this stamp point; set app_error_from: ${id}, or replace the test by a newer one`,
    }));
