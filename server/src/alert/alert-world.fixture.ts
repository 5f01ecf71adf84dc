import { type LeapList, utc } from "@truebound/time";
import { soundHost, soundSource } from "../../../packages/testkit/src/fleet/sound-host.ts";
import type { HostRecord } from "../fleet/host-record.ts";
import { Heartbeat, livenessOf, ObservedTime } from "../fleet/liveness.ts";
import type { MeshState } from "../peer/peer-keeper.ts";
import type { MemberStanding } from "../peer/standing.ts";
import type { PolicyRule } from "../policy/choose-policy.ts";
import { AlertKeeper } from "./alert-keeper.ts";
import type { EventNews } from "./findings/event.ts";
import type { HostSeen } from "./host-facts.ts";
import type { HouseFacts } from "./house-facts.ts";
import { MemoryStore } from "./memory-store.fixture.ts";
import type { AlertStore } from "./ports.ts";

export { hostId, SOUND_ASSUMPTIONS as ASSUMPTIONS, soundSource as aSource } from "../../../packages/testkit/src/fleet/sound-host.ts";

const MS = 1_000_000n;
export const START = 1_795_000_000_000_000_000n;
export const REPORT_MS = 5_000;

export const LEAP_LIST: LeapList = {
  updated: utc(START - 1_000_000_000n),
  expires: utc(START + 20_000_000_000_000_000n),
  rows: [{ from: utc(START - 30_000_000_000_000_000n), taiMinusUtc: 37 }],
};

/** A sound host of the fleet, whose every field a test may change. */
export const healthy = (index: number, more: Partial<HostRecord> = {}): HostRecord => soundHost(index, utc(START), more);

/** The agent on the server's own machine. */
export const SERVER_HOST = healthy(0xffffff, {
  name: "server",
  labels: {},
  address: "127.0.0.1",
  bootId: "boot",
  sources: [201, 202, 203].map((one) => soundSource(one)),
});

interface Kept {
  record: HostRecord;
  heartbeat: Heartbeat;
  standing: MemberStanding | null;
}

/** A server's view of hosts that report, on a time of its own: real liveness, real judge, and a store in memory. */
export class AlertWorld<Store extends AlertStore = MemoryStore> {
  readonly store: Store;
  readonly hosts = new Map<string, Kept>();
  /** ms of the server's monotonic clock. */
  nowMs = 0;
  mesh: MeshState | null = null;
  leaps: LeapList = LEAP_LIST;
  house: HouseFacts | null = null;
  policies: readonly PolicyRule[] = [];
  /** Of the server's machine. */
  bootId = "boot";
  keeper: AlertKeeper;
  #time = new ObservedTime();
  #words = 0;
  #xid = 1n;

  constructor(records: readonly HostRecord[] = [], store?: Store) {
    this.store = store ?? (new MemoryStore() as AlertStore as Store);
    this.keeper = this.#newKeeper();
    for (const one of records) this.add(one);
    this.add(SERVER_HOST);
    this.#time.looked(0);
  }

  #newKeeper(): AlertKeeper {
    return new AlertKeeper({
      store: this.store,
      fleet: this,
      mesh: () => this.mesh,
      leaps: () => this.leaps,
      house: () => this.house,
      bootId: this.bootId,
      monotonic: () => this.nowMs,
      localPage: () => "http://127.0.0.1:8123",
      word: () => `word-${++this.#words}`,
    });
  }

  get rules(): readonly PolicyRule[] {
    return this.policies;
  }

  add(one: HostRecord): void {
    this.hosts.set(one.id, { record: one, heartbeat: new Heartbeat(REPORT_MS, this.#time.now), standing: null });
  }

  entries(): readonly HostSeen[] {
    const now = this.#time.now;
    return [...this.hosts.values()].map(({ record: one, heartbeat, standing }) => ({
      record: one,
      liveness: livenessOf(one, heartbeat.phi(now)),
      ageMs: heartbeat.ageMs(now),
      standing,
    }));
  }

  utcNow = () => utc(START + BigInt(Math.round(this.nowMs)) * MS);

  /** A report, as the next look will find it. */
  report(id: string, more: Partial<HostRecord> = {}): HostRecord {
    const kept = this.hosts.get(id) as Kept;
    kept.heartbeat.heard(this.#time.now);
    kept.record = { ...kept.record, seq: kept.record.seq + 1, asOf: this.utcNow(), receivedAt: this.utcNow(), ...more };
    return kept.record;
  }

  /** What changed of a host without a report. */
  change(id: string, more: Partial<HostRecord>): void {
    const kept = this.hosts.get(id) as Kept;
    kept.record = { ...kept.record, ...more };
  }

  /** How the mesh says that it stands; the mesh is known from then on. */
  stand(id: string, standing: MemberStanding | null): void {
    (this.hosts.get(id) as Kept).standing = standing;
    this.mesh = {
      members: new Map(),
      targets: new Map(),
      solution: null,
      leap: null,
      conflicts: [],
      standings: new Map(),
      paths: new Map(),
      tookMs: null,
    } as never;
  }

  event(id: string, kind: string, detail: EventNews["detail"] = {}): void {
    const { epoch, seq } = (this.hosts.get(id) as Kept).record;
    this.#memory().events.push({
      host: id,
      epoch,
      seq,
      ordinal: Number(this.#xid),
      at: this.utcNow(),
      atMarked: false,
      kind,
      source: null,
      detail,
      writtenXid: this.#xid++,
    });
  }

  /** One look, `ms` after the one before. */
  async look(ms = 1_000): Promise<void> {
    this.nowMs += ms;
    if (this.store instanceof MemoryStore) this.store.now = this.utcNow();
    this.#time.looked(this.nowMs);
    await this.keeper.look();
  }

  /** So many seconds in which all report in their turn, but those for whom `says` answers null. */
  async run(seconds: number, says: (record: HostRecord, second: number) => Partial<HostRecord> | null = () => ({})): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      let index = 0;
      for (const { record: one } of this.hosts.values()) {
        index += 1;
        if ((Math.floor(this.nowMs / 1000) + index) % (REPORT_MS / 1000) !== 0) continue;
        const said = one.id === SERVER_HOST.id ? {} : says(one, second);
        if (said !== null) this.report(one.id, said);
      }
      await this.look();
    }
  }

  /** Another process of the server: it knows what is stored and nothing else. */
  restart(): void {
    for (const kept of this.hosts.values()) kept.heartbeat = new Heartbeat(REPORT_MS, 0);
    this.#time = new ObservedTime();
    this.#time.looked(this.nowMs);
    this.keeper = this.#newKeeper();
  }

  #memory(): MemoryStore {
    if (!(this.store instanceof MemoryStore)) throw new Error("Cannot look into a store that is not in memory");
    return this.store;
  }

  told = (kind?: string): string[] =>
    this.#memory()
      .told.filter((one) => kind === undefined || one.kind === kind)
      .map(({ kind: what, cause }) => `${what} ${cause}`);

  open = (): string[] => [...this.#memory().incidents.keys()].sort();
}
