import type { Incident, Severity } from "@truebound/wire";

/** The worst first. One that this page does not know yet stands above all: it cannot be called harmless. */
const ORDER: readonly string[] = ["critical", "warning", "info"] satisfies Severity[];
export const severityRank = (severity: string): number => ORDER.indexOf(severity);

/** Pages somebody, or is a ticket. */
export const isUrgent = ({ severity }: Pick<Incident, "severity">): boolean => severity !== "info";
