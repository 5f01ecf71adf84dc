import { createHash } from "node:crypto";
import { SHIPPED_RULES } from "@truebound/server";
import { utc } from "@truebound/time";
import { DEFAULT_ALERT_SETTINGS } from "@truebound/wire";
import { SeededRandom } from "../sim/random.ts";
import { SimDatabase } from "./database.ts";
import { DatabaseLines, type DatabasePoint } from "./database-lines.ts";
import { SOUND_DISK } from "./disk.ts";
import { History, isToldTheWayOut } from "./history.ts";
import { Host } from "./host.ts";
import { newHostRow } from "./host-row.ts";
import { leapList, leapsIn, startBefore } from "./leap-second.ts";
import { bodyHash } from "./life.ts";
import { isMeshAtRest } from "./mesh-rest.ts";
import { PeerRoad } from "./peer-road.ts";
import { emptyRecords, type Records } from "./records.ts";
import { Road } from "./road.ts";
import { Scheduler } from "./scheduler.ts";
import { seededKey } from "./seeded-key.ts";
import { ServerProcess } from "./server-process.ts";
import type { Tables } from "./tables.ts";
import type { Trouble } from "./troubles.ts";
import { drawWorld, type World } from "./world.ts";

/** What is left of a world that has run its course. */
export interface Run {
  readonly world: World;
  readonly history: History;
  readonly records: Records;
  readonly tables: Tables;
  readonly hosts: readonly Host[];
  /** `clockError`: of the database's clock at the end, ns. */
  readonly truth: {
    readonly startUtc: bigint;
    readonly end: bigint;
    readonly clockError: bigint;
    /** UTC at true time `elapsed`, ns since the start. */
    readonly utcAt: (elapsed: bigint) => bigint;
  };
  /** Turns that the scheduler gave. */
  readonly turns: number;
  readonly waiting: number;
}

const CHANNELS = ["ops", "log"].map((name) => ({
  origin: "file" as const,
  body: {
    kind: "webhook" as const,
    name,
    url: `http://${name}.example/`,
    severities: ["critical" as const, "warning" as const, "info" as const],
    enabled: true,
    allow_private: true,
  },
}));

const ALERTS = {
  rules: SHIPPED_RULES.map((body) => ({ body, origin: "shipped" as const })),
  groups: [],
  calendars: [],
  maintenance: [],
  channels: CHANNELS,
  silences: [],
  settings: DEFAULT_ALERT_SETTINGS,
};

/** Lets the world of a seed run from its beginning to its end. */
export const simulate = (seed: number): Promise<Run> => runWorld(drawWorld(seed));

export const runWorld = (world: World): Promise<Run> => new Running(world).run();

/** What has come to rest stays there for so long. */
const CALM_S = 40;
const LOOKED_EVERY_S = 20;
/** What was written later may still be on its way. */
const IN_FLIGHT_S = 12;

interface Backup extends DatabasePoint {
  readonly tables: Tables;
}

const nanoseconds = (seconds: number): bigint => BigInt(Math.round(seconds * 1e9));

class Running {
  readonly #world: World;
  readonly #random: SeededRandom;
  readonly #scheduler: Scheduler;
  readonly #history: History;
  readonly #records = emptyRecords();
  readonly #database: SimDatabase;
  readonly #road: Road;
  readonly #peerRoad: PeerRoad | null;
  readonly #hosts: Host[];
  readonly #servers: (ServerProcess | null)[];
  readonly #backups: Backup[] = [];
  readonly #lines = new DatabaseLines();
  readonly #receiptKey = seededKey("receipts");
  #copies = 0;
  #isTrouble = true;

  constructor(world: World) {
    this.#world = world;
    this.#random = new SeededRandom(world.seed ^ 0x5eed);
    this.#scheduler = new Scheduler(this.#random, startBefore(world.leap), leapsIn(world.leap));
    this.#history = new History(() => this.#scheduler.now);
    this.#database = new SimDatabase(this.#scheduler, this.#random);
    this.#database.faults = world.database;
    this.#road = new Road(this.#scheduler, this.#random, this.#history, this.#records, world.road);
    this.#peerRoad = world.mesh && new PeerRoad(this.#scheduler, this.#random, this.#road, world.mesh.paths);
    this.#hosts = world.hosts.map((plan, index) => this.#host(index, plan.name, `192.0.2.${10 + index}`));
    this.#servers = Array.from({ length: world.servers }, () => null);
  }

  async run(): Promise<Run> {
    this.#begin();
    for (const { atS, host } of this.#world.rotations) this.#in(atS, () => this.#wishKey(host));
    for (const trouble of this.#world.troubles) this.#in(trouble.atS, () => this.#bring(trouble));
    this.#in(this.#world.troubleS, () => this.#mend());
    await this.#runToRest();
    return {
      world: this.#world,
      history: this.#history,
      records: this.#records,
      tables: this.#database.committed,
      hosts: this.#hosts,
      truth: {
        startUtc: this.#scheduler.truth.startUtc,
        end: this.#scheduler.now,
        clockError: this.#database.clockError,
        utcAt: (elapsed) => this.#scheduler.utcAt(elapsed),
      },
      turns: this.#scheduler.taken,
      waiting: this.#scheduler.waiting,
    };
  }

  /** To its end; or, once nothing goes wrong any more, until all that was to come has come, and a while longer. */
  async #runToRest(): Promise<void> {
    const { troubleS, seconds } = this.#world;
    for (let at = troubleS + CALM_S; at < seconds; at += LOOKED_EVERY_S) {
      await this.#scheduler.run(nanoseconds(at));
      if (this.#goWayOut() || !this.#isAtRest()) continue;
      await this.#scheduler.run(nanoseconds(at + CALM_S));
      return;
    }
    await this.#scheduler.run(nanoseconds(seconds));
  }

  #isAtRest(): boolean {
    const { evidence, deliveries } = this.#database.committed;
    const kept = new Set([...evidence.values()].map(({ body }) => bodyHash(body)));
    const due = this.#scheduler.now - nanoseconds(IN_FLIGHT_S);
    const gone = new Set(this.#hosts.filter((host) => host.isGone).map(({ plan }) => plan.name));
    const isHere = [...this.#records.durable].every(([hash, { host, at }]) => kept.has(hash) || at > due || gone.has(host));
    const isSettled = (host: Host) =>
      host.isUp && host.machine.isAwake && host.isEnrolled && !this.#database.committed.hosts.get(host.id)?.rotationWanted;
    return (
      isHere &&
      this.#hosts.every((host) => host.isGone || isSettled(host)) &&
      [...deliveries.values()].every(({ state }) => state !== "due") &&
      (this.#world.mesh === null || isMeshAtRest(this.#database.committed, this.#hosts, this.#world))
    );
  }

  /** A person does what the log says: who is refused for good is let in anew, with nothing of what it was. True = somebody was. */
  #goWayOut(): boolean {
    const refused = this.#hosts.filter((host) => !host.isGone && isToldTheWayOut(this.#history, host.plan.name));
    for (const host of refused) {
      host.remove();
      const name = `${host.plan.name}-anew`;
      const anew = this.#host(this.#hosts.indexOf(host), name, host.address, name);
      this.#hosts.push(anew);
      this.#database.edit((tables) => this.#letIn(anew, tables));
      anew.enrol();
      anew.boot();
    }
    return refused.length > 0;
  }

  #letIn(host: Host, tables: Tables): void {
    const { id, key, plan } = host;
    const at = utc(this.#database.clock);
    tables.hosts.set(id, newHostRow({ id, name: plan.name, publicKey: key.raw, enrolledWith: new Uint8Array(32), at }));
  }

  #begin(): void {
    const tables = this.#database.backup().copy();
    for (const host of this.#hosts) {
      host.disk.faults = host.plan.disk;
      if (host.plan.enrolsItself) host.install();
      else {
        this.#letIn(host, tables);
        host.enrol();
      }
    }
    this.#database.restore(tables);
    this.#backUp();
    this.#road.listener = (request) => this.#anyServer()?.handle(request) ?? null;
    for (const index of this.#servers.keys()) this.#startServer(index);
    for (const [index, host] of this.#hosts.entries()) this.#in(1 + index, () => host.boot());
  }

  #host(index: number, name: string, address: string, owner = this.#world.hosts[index]?.name ?? name): Host {
    const plan = { ...(this.#world.hosts[index] as World["hosts"][number]), name };
    const { policy } = this.#world;
    const [road, scheduler, random, history, records] = [this.#road, this.#scheduler, this.#random, this.#history, this.#records];
    const [receiptKey, peerRoad] = [this.#receiptKey.publicKey, this.#peerRoad];
    return new Host({ plan, owner, address, receiptKey, policy, road, scheduler, random, history, records, peerRoad });
  }

  /** A person asks for another key in the place of the one in use. */
  #wishKey(index: number): void {
    const { id, plan } = this.#hosts[index] as Host;
    this.#history.note(plan.name, "is asked for another key");
    this.#database.edit(({ hosts }) => {
      const row = hosts.get(id);
      if (row !== undefined) hosts.set(id, { ...row, rotationWanted: true });
    });
  }

  #isListed(name: string, publicKey: string): boolean {
    return this.#hosts.some(({ plan, key }) => plan.name === name && key.publicKey === publicKey);
  }

  #startServer(index: number): void {
    const running = this.#servers[index];
    if (running !== null && running !== undefined && !running.isOver) return;
    const server = new ServerProcess({
      name: `server-${index + 1}`,
      database: this.#database,
      rules: [{ selector: {}, version: 1, block: this.#world.policy }],
      refillNs: this.#world.refillNs,
      hostListing: (name, publicKey) => (this.#isListed(name, publicKey) ? { labels: {} } : null),
      leaps: leapList(this.#world.leap),
      hasMesh: this.#world.mesh !== null,
      alerts: ALERTS,
      key: this.#receiptKey,
      keyId: createHash("sha256").update(this.#receiptKey.raw).digest("base64url").slice(0, 16),
      scheduler: this.#scheduler,
      random: this.#random,
      history: this.#history,
      records: this.#records,
      line: () => this.#lines.present,
      isDeaf: () => this.#isTrouble && this.#random.next() < this.#world.deafChannel,
    });
    this.#servers[index] = server;
    server.start();
  }

  #anyServer(): ServerProcess | null {
    const up = this.#servers.filter((one) => one !== null && !one.isOver);
    return up[Math.floor(this.#random.next() * up.length)] ?? null;
  }

  #backUp(): void {
    this.#backups.push({ atS: Number(this.#scheduler.now) / 1e9, line: this.#lines.present, tables: this.#database.backup() });
    this.#scheduler.after(1_000, () => this.#backUp());
    if (this.#backups.length > 120) this.#backups.shift();
  }

  #in(seconds: number, act: () => void): void {
    this.#scheduler.after(seconds * 1000, act);
  }

  #bring(trouble: Trouble): void {
    const { kind, atS: _, ...more } = trouble;
    this.#history.note("trouble", kind, JSON.stringify(more));
    const host = "host" in trouble ? this.#hosts[trouble.host] : undefined;
    switch (trouble.kind) {
      case "kill":
        if (host !== undefined) host.downS = trouble.downS;
        return host?.kill(trouble.operations);
      case "power":
        if (host !== undefined) host.downS = trouble.downS;
        return host?.losePower();
      case "pause":
        return host?.pause(trouble.forS);
      case "rot":
        return this.#history.note(host?.plan.name ?? "", "rots", host?.disk.rot() ?? "nothing");
      case "full":
        return this.#fill(host, trouble.forS);
      case "roll_back":
        return host?.rollBack(trouble.backS);
      case "clone":
        return this.#clone(trouble.host, trouble.forS);
      case "partition":
        return host && this.#road.cut(host.address, trouble.way, trouble.forS);
      case "kill_server":
        return this.#killServer(trouble.server, trouble.downS);
      case "database_falls":
        this.#database.fall();
        return this.#in(trouble.forS, () => this.#database.rise());
      case "database_restored":
        return this.#restore(trouble.backS);
      case "server_clock":
        this.#database.clockError += BigInt(Math.round(trouble.byS * 1e9));
        return;
      default:
        return trouble satisfies never;
    }
  }

  #fill(host: Host | undefined, forS: number): void {
    if (host === undefined) return;
    host.disk.faults = { ...host.disk.faults, full: 1 };
    this.#in(forS, () => {
      host.disk.faults = this.#isTrouble ? host.plan.disk : SOUND_DISK;
    });
  }

  #clone(index: number, forS: number): void {
    const original = this.#hosts[index];
    if (original === undefined) return;
    // Behind one address it would be taken for the other copy, after a loss of its spool: so docs/identity.md says.
    this.#copies += 1;
    const copy = this.#host(index, `${original.plan.name}${"bcdef"[this.#copies - 1]}`, `203.0.113.${this.#copies}`);
    copy.disk.restore(original.disk.copy());
    copy.boot();
    this.#in(forS, () => copy.remove());
  }

  #killServer(wanted: number, downS: number): void {
    const index = wanted % this.#servers.length;
    this.#servers[index]?.kill();
    this.#in(downS, () => this.#startServer(index));
  }

  #restore(backS: number): void {
    const wanted = Number(this.#scheduler.now) / 1e9 - backS;
    const backup = this.#backups.findLast(({ atS }) => atS <= wanted);
    if (backup === undefined) return;
    this.#records.replaced.push(this.#database.committed);
    this.#records.restored.push({ tables: backup.tables, wasLeft: this.#lines.wasLeft(backup) });
    this.#database.restore(backup.tables);
    this.#lines.goBackTo(backup);
    this.#history.note("database", "is restored", `as of ${backup.atS.toFixed(0)} s`);
  }

  /** From here on nothing new goes wrong, and everything gets its time to come to rest. */
  #mend(): void {
    this.#history.note("world", "is sound from here on");
    this.#isTrouble = false;
    this.#road.faults = { lost: 0, lostAnswer: 0, twice: 0, corrupt: 0, delayMs: 20, slow: 0 };
    if (this.#peerRoad !== null) this.#peerRoad.paths = { ...this.#peerRoad.paths, lost: 0, twice: 0, slow: 0 };
    this.#database.faults = { lostStatement: 0, lostCommit: 0, slowestMs: 4 };
    this.#database.rise();
    for (const index of this.#servers.keys()) this.#startServer(index);
    for (const host of this.#hosts) {
      host.mend();
      this.#in(1, () => host.start());
    }
  }
}
