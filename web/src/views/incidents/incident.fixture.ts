import type { Alert, Incident } from "@truebound/wire";

/** An open incident of one host, for tests. */
export const incidentOf = (id: string, more: Partial<Incident> = {}): Incident => ({
  id,
  cause: { kind: "host", key: `host:${id}`, name: `db-${id}` },
  title: `db-${id} is out of its limit`,
  severity: "warning",
  certainty: "cannot_prove",
  opened_at: "2026-11-26T03:00:00Z",
  changed_at: "2026-11-26T03:00:00Z",
  resolved_at: null,
  absorbed_by: null,
  acknowledged: null,
  silenced_by: null,
  rehearsal: false,
  rules: ["cannot_prove_limit"],
  alerts: 1,
  hosts: 1,
  ...more,
});

/** An alert on a host of rack r2, for tests. */
export const alertOf = (id: string, more: Partial<Alert> = {}): Alert => ({
  id,
  rule: "cannot_prove_limit",
  finding: "cannot_prove_limit",
  host: { id: `00000000-0000-4000-8000-${id.padStart(12, "0")}`, name: `db-${id}`, labels: { rack: "r2" } },
  source: null,
  severity: "warning",
  certainty: "cannot_prove",
  since: "2026-11-26T03:00:00Z",
  ended_at: null,
  limit_ns: "100000",
  guaranteed: { lo_ns: "-50000", hi_ns: "120000" },
  dominant: "path",
  evidence: { epoch: 1, seq: 1 },
  words: "",
  labels: {},
  runbook: "/runbook/cannot_prove_limit",
  incident: "1",
  ...more,
});
