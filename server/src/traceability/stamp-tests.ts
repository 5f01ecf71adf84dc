import { isInForce } from "@truebound/audit";
import type { UtcInstant } from "@truebound/time";
import type { LabelSet } from "../policy/choose-policy.ts";
import { type ChainDocument, concerns } from "./chain.ts";
import { documentsAt } from "./traceability-of.ts";

/** A document that says what `truebound-agent stamp-test` measured. */
export interface StampTest extends ChainDocument {
  readonly kind: "stamp_test";
  readonly app_error_ns: string;
}

export const isStampTest = (document: ChainDocument): document is StampTest =>
  document.kind === "stamp_test" && document.app_error_ns !== null;

export const stampTestsAt = (documents: readonly ChainDocument[], at: UtcInstant): readonly StampTest[] =>
  documentsAt(documents, at).filter(isStampTest);

/** Why an application error cannot be taken from this document, and how to mend it; null = it can. */
export function whyNotFrom(id: string, documents: readonly ChainDocument[], at: UtcInstant): string | null {
  const document = documents.find((one) => one.id === id);
  if (document === undefined) return "no document has this id; truebound traceability list shows all";
  if (!isStampTest(document))
    return `it is a document of kind ${document.kind} and measured nothing; name one that truebound traceability document add --stamp-test added`;
  if (stampTestsAt(documents, at).includes(document)) return null;
  const { valid_from, valid_to } = document;
  if (!isInForce({ ...document, valid_to: null }, at)) return `it is in force from ${valid_from} on`;
  if (!isInForce(document, at))
    return `it was in force until ${valid_to}; test again, add that with truebound traceability document add --stamp-test FILE --replaces ${id}, and name the new one`;
  return `document ${documents.find(({ replaces }) => replaces === id)?.id} stands in its place; name that`;
}

/** Declared of the same stamp point, and of hosts that the test may stand for. */
export const isOfStampPoint = (test: StampTest, stampPoint: string | null, hosts: LabelSet): boolean =>
  stampPoint !== null && test.stamp_point === stampPoint && mayStandFor(test, hosts);

/** A host with these labels may carry those that the test is about. */
const mayStandFor = ({ hosts: about }: StampTest, hosts: LabelSet): boolean =>
  Object.entries(about).every(([name, value]) => (hosts[name] ?? value) === value);

/** Each host with these labels is one that the test is about. */
export const standsFor = ({ hosts: about }: StampTest, hosts: LabelSet): boolean => concerns(about, hosts);
