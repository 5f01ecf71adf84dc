import type { IncidentList } from "@truebound/wire";

/** Who tells people; null = not known yet. */
export type Teller = IncidentList["alerting"] | null;

const SILENCE_ID = /^\d+$/;

/** What silencing does: what another tells, this server cannot keep quiet. */
export const quietWords = (teller: Teller): string =>
  teller === "prometheus" ? "no effect on Prometheus and Alertmanager, which tell people" : "nobody is told";

/** A silence has a number, a maintenance window a name. */
export const silencedWords = (silenced_by: string, teller: Teller): string =>
  `${SILENCE_ID.test(silenced_by) ? "silence" : "maintenance"} ${silenced_by}: ${quietWords(teller)}`;
