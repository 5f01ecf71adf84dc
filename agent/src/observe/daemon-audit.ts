import { castVotes, type Interval } from "@truebound/time";
import type { DaemonFinding, DaemonSays } from "@truebound/wire";
import type { Finding } from "../bound/findings.ts";
import type { HostMonitor } from "../bound/host-monitor.ts";
import { canonicalAddress, type DaemonTracking, OWN_CLOCK_REFID } from "./chronyc.ts";
import type { DaemonFacts, Followed } from "./daemon-facts.ts";
import { type Asked, daemonSays, type OtherSayings } from "./daemon-says.ts";
import { DaemonWatch } from "./daemon-watch.ts";
import { addressOf } from "./harm-guard.ts";
import type { OtherDaemons, Testimony, WitnessTrouble } from "./ports.ts";
import { followsNobodyOfUtc } from "./ptp4l.ts";
import type { RunningDaemon } from "./running-daemon.ts";

/** What was heard of the daemon in one look. */
export interface Heard {
  readonly tracking: Testimony<DaemonTracking>;
  readonly others: OtherDaemons;
  /** Null = processes are not looked at. */
  readonly running: RunningDaemon | null;
}

export interface AuditPorts {
  readonly monitor: HostMonitor;
  readonly note: (kind: Finding["kind"], detail: Finding["detail"], source: string | null) => void;
}

/** Makes a record of what the daemon says, and holds it against the measurement of the same moment. */
export class DaemonAudit {
  readonly #ports: AuditPorts;
  readonly #watch = new DaemonWatch();

  constructor(ports: AuditPorts) {
    this.#ports = ports;
  }

  /** Findings that go on. */
  get findings(): DaemonFinding[] {
    return this.#watch.findings;
  }

  /** @param asked readings that were marked right before the question and right after the answer, with nothing between them that bounds do not tell of. */
  heard({ tracking, others, running }: Heard, asked: Asked): DaemonSays {
    const said = saidIn(tracking);
    const sayings = sayingsIn(others);
    const says = daemonSays(said, asked, sayings);
    const events = this.#watch.look({
      at: asked.answered.rawAfter,
      says,
      measured: this.#measured(asked.asked.rawAfter),
      votes: this.#votes(),
      running,
      trouble: troubleOf(tracking, others),
      baseless: baselessOf(said, sayings),
      followed: this.#followed(said?.follows ?? (sayings.ntpd ?? sayings.timesyncd)?.follows ?? ""),
    });
    for (const { kind, detail } of events) this.#ports.note(kind, detail, null);
    return { ...says, findings: this.findings, unjudged: this.#watch.unjudged };
  }

  /** Of a bound that rests on too few votes nothing is held against anybody. */
  #measured(from: bigint): Interval | null {
    const { current, stretchFrom } = this.#ports.monitor;
    if (current === null || stretchFrom !== from) return null;
    return current.status === "proven" || current.status === "holdover" ? current.throughout : null;
  }

  #votes(): Interval[] {
    const { monitor } = this.#ports;
    const { current } = monitor;
    if (current === null) return [];
    const isHeard = (id: string) =>
      current.bound.agree.includes(id) || current.bound.out.some((one) => one.id === id && one.reason === "falseticker");
    const sources = monitor.probes.flatMap((probe) => {
      const own = isHeard(probe.source.id) ? probe.boundAt(current.reading.rawAfter) : null;
      return own?.kind === "bound" ? [{ identity: probe.identity, interval: monitor.offsetOf(current.reading, own.interval) }] : [];
    });
    return castVotes(sources).flatMap(({ interval }) => interval ?? []);
  }

  #followed(address: string): Followed | null {
    const wanted = canonicalAddress(address);
    const probe = wanted === null ? undefined : this.#ports.monitor.probes.find((one) => addressOf(one) === wanted);
    if (probe === undefined) return null;
    return { id: probe.source.id, replies: probe.replies, unsynchronised: probe.troubles.get("unsynchronised") ?? 0 };
  }
}

const saidIn = <T>(testimony: Testimony<T> | undefined): T | null => (testimony?.kind === "ok" ? testimony.value : null);

function sayingsIn(others: OtherDaemons): OtherSayings {
  const [ntpd, timesyncd, ptp4l] = [saidIn(others.ntpd), saidIn(others.timesyncd), saidIn(others.ptp4l)];
  return { ...(ntpd && { ntpd }), ...(timesyncd && { timesyncd }), ...(ptp4l && { ptp4l }) };
}

/** Null = somebody answers. Where another daemon than chronyd runs, why chronyd does not answer says nothing. */
function troubleOf(tracking: Testimony<DaemonTracking>, { ntpd, timesyncd, ptp4l }: OtherDaemons): WitnessTrouble | null {
  const asked = [ntpd, timesyncd, ptp4l].flatMap((one) => one ?? []);
  if ([tracking, ...asked].some(({ kind }) => kind === "ok")) return null;
  const { kind } = asked[0] ?? tracking;
  return kind === "ok" ? null : kind;
}

function baselessOf(said: DaemonTracking | null, { ntpd, ptp4l }: OtherSayings): DaemonFacts["baseless"] {
  const followsItself =
    said === null ? ntpd?.isSynchronised === true && ntpd.followsItself : said.refid === OWN_CLOCK_REFID && said.leap !== "unsynchronised";
  if (followsItself) return "follows_its_own_clock";
  return ptp4l !== undefined && followsNobodyOfUtc(ptp4l) ? "grandmaster_follows_nothing" : null;
}
