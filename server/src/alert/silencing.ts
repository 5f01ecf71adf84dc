import type { AlertRule, Cause, Matchers, Severity } from "@truebound/wire";
import type { LabelSet } from "../policy/choose-policy.ts";
import type { AlertConfig } from "./alert-config.ts";
import { inMaintenance } from "./calendar.ts";
import { causeLabel } from "./cause-label.ts";
import { covers } from "./maintenance-window.ts";

export interface SilenceableAlert {
  readonly rule: string;
  readonly finding: AlertRule["finding"];
  readonly severity: Severity;
  readonly host: { readonly id: string; readonly name: string; readonly labels: LabelSet } | null;
  readonly source: string | null;
  readonly labels: LabelSet;
}

export interface SilenceableIncident {
  readonly cause: Cause;
  readonly rules: readonly string[];
  /** Those that go on. */
  readonly alerts: readonly SilenceableAlert[];
}

/** The least that a silence asks of an alert: label names with the values that they must have. */
export type Silencing = { readonly id: string; readonly matchers: Matchers };

/**
 * Why nobody is told of an incident: a silence's id or a maintenance window's name; null = they are. Each of its alerts must be
 * covered, by the same or by several of them: one alert that nobody silenced is told. Of several the one that covers most.
 */
export function silencedBy(incident: SilenceableIncident, config: AlertConfig): string | null {
  const covers = coversOf(incident, config).filter((cover) => cover.alerts.size > 0);
  const all = new Set(covers.flatMap(({ alerts }) => [...alerts]));
  const subjects = subjectsOf(incident).length;
  if (subjects === 0 || all.size < subjects) return null;
  return covers.reduce((most, one) => (one.alerts.size > most.alerts.size ? one : most)).by;
}

interface Cover {
  readonly by: string;
  /** Places in the list of its subjects. */
  readonly alerts: ReadonlySet<number>;
}

function coversOf(incident: SilenceableIncident, config: AlertConfig): Cover[] {
  const subjects = subjectsOf(incident);
  const cover = (by: string, holds: (subject: Subject) => boolean): Cover => ({
    by,
    alerts: new Set(subjects.flatMap((subject, index) => (holds(subject) ? [index] : []))),
  });
  const windows = config.maintenance.filter(({ body }) => inMaintenance(body, config.now));
  return [
    ...config.silences.map(({ id, matchers }) => cover(id, ({ labels }) => labels.some((set) => fits(set, matchers)))),
    ...windows.map(({ body }) => cover(body.name, ({ host }) => host !== null && covers(body, host, config.groups))),
  ];
}

/** As itself, and as part of what it is grouped under. */
interface Subject {
  readonly host: SilenceableAlert["host"];
  readonly labels: readonly LabelSet[];
}

function subjectsOf({ cause, rules, alerts }: SilenceableIncident): Subject[] {
  // Where none goes on it is still known by its rules.
  if (alerts.length === 0) return rules.map((alertname) => ({ host: null, labels: [{ alertname, ...causeLabel(cause) }] }));
  return alerts.map((alert) => {
    const { host: _, ...withoutHost } = ownLabels(alert);
    // Whoever keeps a bad source quiet does not mean a host that it led astray: that one pages.
    const isGrouped = cause.kind !== "source" || alert.severity !== "critical";
    return { host: alert.host, labels: [ownLabels(alert), ...(isGrouped ? [{ ...withoutHost, ...causeLabel(cause) }] : [])] };
  });
}

/** Labels of its host too, below all else, so that a rack can be silenced. */
export const ownLabels = ({ rule, finding, severity, host, source, labels }: SilenceableAlert): LabelSet => ({
  ...host?.labels,
  ...labels,
  alertname: rule,
  finding,
  severity,
  ...(host === null ? {} : { host: host.name }),
  ...(source === null ? {} : { source }),
});

const fits = (labels: LabelSet, matchers: Matchers): boolean =>
  Object.entries(matchers).every(([name, value]) => Object.hasOwn(labels, name) && labels[name] === value);

/** Whether one silence alone would keep this incident quiet. */
export const wouldSilence = (incident: SilenceableIncident, matchers: Matchers): boolean => {
  const subjects = subjectsOf(incident);
  return subjects.length > 0 && subjects.every(({ labels }) => labels.some((set) => fits(set, matchers)));
};
