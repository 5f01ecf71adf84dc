import type { Alert, Incident, Notice } from "@truebound/wire";

export const ALERT: Alert = {
  id: "1",
  rule: "proved_outside_limit",
  finding: "proved_outside_limit",
  host: { id: "11111111-2222-3333-4444-555555555555", name: "db-1", labels: {} },
  source: null,
  severity: "critical",
  certainty: "proved_outside",
  since: "2026-11-26T10:00:00.000000000Z",
  ended_at: null,
  limit_ns: "100000",
  guaranteed: { lo_ns: "3000000", hi_ns: "3400000" },
  dominant: "offset",
  evidence: { epoch: 1, seq: 7 },
  words: "3.2 ms behind UTC",
  labels: { team: "db" },
  runbook: "http://page.example/runbook/proved_outside_limit",
  incident: "12",
};

export const INCIDENT: Incident = {
  id: "12",
  cause: { kind: "host", key: "host:1", name: "db-1" },
  title: "db-1 is proved to be outside its limit",
  severity: "critical",
  certainty: "proved_outside",
  opened_at: "2026-11-26T10:00:00.123456789Z",
  changed_at: "2026-11-26T10:00:00.123456789Z",
  resolved_at: null,
  absorbed_by: null,
  acknowledged: null,
  silenced_by: null,
  rehearsal: false,
  rules: ["proved_outside_limit"],
  alerts: 1,
  hosts: 1,
};

export const NOTICE: Notice = {
  version: 1,
  key: "truebound-1a2b3c4d-12-1",
  kind: "opened",
  ordinal: 1,
  at: "2026-11-26T10:00:05.000000000Z",
  incident: INCIDENT,
  alerts: [ALERT],
  more: 0,
  ended: [],
  url: "http://page.example/incidents/12",
};
