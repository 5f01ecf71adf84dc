import type { FindingKind, Rehearsal, RehearsalFault, RehearsalReport } from "@truebound/wire";
import type { Told } from "../admin/admin.ts";
import type { AdminHost } from "../admin/ports.ts";
import type { RehearseRequest } from "./rehearse-request.ts";

/** What is to be seen of a rehearsal in the database by now. */
export interface Seen {
  /** When the agent took it up, as it says itself; null = it did not. */
  readonly takenAt: string | null;
  /** Why the agent refused it. */
  readonly refused: string | null;
  /** The incident of an expected alert. */
  readonly incident: string | null;
  /** A channel that was to be told was, of that alert. */
  readonly delivered: boolean;
  /** Of the host's bound, by its latest report. */
  readonly status: string;
}

export interface Question {
  readonly host: string;
  readonly id: string;
  readonly findings: readonly FindingKind[];
  /** What was found or told before is of something else. */
  readonly after: string;
  readonly channel: string | null;
}

export interface RehearsalStore {
  host(idOrName: string): Promise<AdminHost | null>;
  /** Names of the channels that people are told by; none where this server tells nobody. */
  channels(): Promise<readonly string[]>;
  /** Asks the host with its next receipt, for so long at most; returns the time, or null where it is busy with another one. */
  ask(host: string, rehearsal: Rehearsal, forS: number): Promise<string | null>;
  /** It need not any more. */
  withdraw(host: string, id: string): Promise<void>;
  look(question: Question): Promise<Seen>;
}

export interface RehearsePorts {
  readonly store: RehearsalStore;
  /** A new id, as nobody else's. */
  readonly newId: () => string;
  readonly who: string;
  /** ms of a monotonic clock. */
  readonly now: () => number;
  readonly pause: () => Promise<void>;
  /** To people, at once. */
  readonly tell: (line: string) => void;
}

/** What a fault must lead to: one of these findings, by whatever rule. */
export const EXPECTED: Readonly<Record<RehearsalFault, readonly FindingKind[]>> = {
  step: ["proved_outside_limit", "bound_exceeds_limit"],
  drift: ["drift_assumption_broken", "proved_outside_limit", "bound_exceeds_limit", "near_limit"],
  "lost-source": ["source_lost"],
  "lying-source": ["falseticker", "no_majority"],
  silent: ["host_silent"],
};

/** Asks, waits, and says how it went. */
export async function rehearse(ports: RehearsePorts, request: RehearseRequest): Promise<Told> {
  const { store } = ports;
  const host = await store.host(request.host);
  const channels = await store.channels();
  const obstacle = host === null ? `no host has this id or name` : obstacleOf(host, request, channels);
  if (host === null || obstacle !== null) return refusal(request, obstacle ?? "");
  const rehearsal: Rehearsal = { ...request.fault, id: ports.newId(), who: request.who ?? ports.who };
  const began = ports.now();
  const askedAt = await store.ask(host.id, rehearsal, request.timeoutS);
  if (askedAt === null) return refusal(request, "another rehearsal is asked of it, or goes on there");
  ports.tell(`Asked ${host.name} to rehearse ${rehearsal.fault} for ${rehearsal.for_s} s; waiting for ${request.timeoutS} s at most\n`);
  try {
    const { report, status } = await watched(ports, request, {
      host,
      rehearsal,
      askedAt,
      began,
      tells: request.channel !== null || channels.length > 0,
    });
    return {
      code: report.passed ? 0 : 1,
      out: request.json ? `${JSON.stringify(report, null, 2)}\n` : say(report, status, channels),
      err: "",
    };
  } finally {
    await store.withdraw(host.id, rehearsal.id);
  }
}

const refusal = ({ fault, host }: RehearseRequest, why: string): Told => ({
  code: 1,
  out: "",
  err: `Cannot rehearse ${fault.fault} on ${JSON.stringify(host)}: ${why}\n`,
});

function obstacleOf({ state }: AdminHost, { channel }: RehearseRequest, channels: readonly string[]): string | null {
  if (state !== "active") return `it is ${state}`;
  if (channel === null || channels.includes(channel)) return null;
  return `people are told by no channel ${channel}${channels.length === 0 ? ": there is none" : `, but by ${channels.join(", ")}`}`;
}

interface Running {
  readonly host: AdminHost;
  readonly rehearsal: Rehearsal;
  readonly askedAt: string;
  /** ms of the command's own clock. */
  readonly began: number;
  /** People are to be told, not only the alert to be raised. */
  readonly tells: boolean;
}

interface Watched {
  readonly report: RehearsalReport;
  /** Of the host's bound at the end. */
  readonly status: string;
}

/** Looks until it has passed, was refused, or took too long. */
async function watched(ports: RehearsePorts, { channel, timeoutS }: RehearseRequest, running: Running): Promise<Watched> {
  const { host, rehearsal, askedAt, began, tells } = running;
  const { fault, id } = rehearsal;
  const question = { host: host.id, id, findings: EXPECTED[fault], after: askedAt, channel };
  let [alertedMs, deliveredMs]: [number | null, number | null] = [null, null];
  for (;;) {
    const seen = await ports.store.look(question);
    const ms = Math.round(ports.now() - began);
    if (seen.incident !== null) alertedMs ??= ms;
    if (seen.delivered) deliveredMs ??= ms;
    const passed = alertedMs !== null && (deliveredMs !== null || !tells);
    const report = {
      id,
      host: host.name,
      fault,
      asked_at: askedAt,
      taken_at: seen.takenAt,
      refused: seen.refused,
      expected: { rules: [...question.findings], channel },
      incident: seen.incident,
      alerted_after_ms: alertedMs,
      delivered_after_ms: deliveredMs,
      passed,
    };
    if (passed || seen.refused !== null || ms >= timeoutS * 1000) return { report, status: seen.status };
    await ports.pause();
  }
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

const BOUNDED: readonly string[] = ["proven", "holdover"];
const OF_A_BOUND: readonly RehearsalFault[] = ["step", "drift", "lying-source"];

/** Why no alert can have come; null = nothing is known that speaks against one. */
const whyNone = ({ fault, alerted_after_ms }: RehearsalReport, status: string): string | null =>
  alerted_after_ms !== null || BOUNDED.includes(status) || !OF_A_BOUND.includes(fault)
    ? null
    : `its status is ${status}: a clock of which nothing is proved passes no limit, and its sources contradict nothing`;

/** A line for each thing that a person has to know, the verdict first. */
function say(report: RehearsalReport, status: string, channels: readonly string[]): string {
  const { host, fault, passed, refused, taken_at, incident, alerted_after_ms, delivered_after_ms, expected } = report;
  const alert =
    alerted_after_ms === null ? `no alert ${expected.rules.join(" or ")} came` : `incident ${incident} after ${seconds(alerted_after_ms)}`;
  const whom = expected.channel ?? (channels.length === 0 ? null : "a channel");
  const told =
    whom === null
      ? "there is no channel, so nobody was to be told"
      : delivered_after_ms === null
        ? `${whom} was not told`
        : `${whom} told after ${seconds(delivered_after_ms)}`;
  const taken = taken_at === null ? "the host did not take it up: does its agent run, and report?" : `taken up at ${taken_at}`;
  const lines = refused === null ? [taken, alert, whyNone(report, status), told] : [`the host refused: ${refused}`];
  return [
    `${passed ? "passed" : "NOT passed"}: ${fault} on ${host} (rehearsal ${report.id})`,
    ...lines.flatMap((line) => (line === null ? [] : [`  ${line}`])),
    "",
  ].join("\n");
}
