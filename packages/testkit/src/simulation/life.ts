import { createHash } from "node:crypto";
import {
  Agent,
  type Alarm,
  type Dial,
  HostWatch,
  type Identity,
  type IdentityFolder,
  joinAnswering,
  type MeshParts,
  makeSource,
  NO_PEERS,
  type Put,
  type Reporting,
  type Rung,
  refidOf,
  type SegmentStore,
  scanFrames,
  sha1,
  startReporting,
  type ToOpen,
} from "@truebound/agent";
import type { HostReading } from "@truebound/time";
import { type Batch, DEFAULT_POLICY, Policy, validator } from "@truebound/wire";
import type { SeededRandom } from "../sim/random.ts";
import { SIM_STEERING } from "../sim/sim-clock.ts";
import { Killed, OpenedDisk, type SimDisk } from "./disk.ts";
import type { History } from "./history.ts";
import type { HostPlan } from "./host-plan.ts";
import { IDENTITY_FILE, KeyFiles, keyOf } from "./key-files.ts";
import type { Machine } from "./machine.ts";
import { PeerPort } from "./peer-port.ts";
import type { Records } from "./records.ts";
import type { Scheduler } from "./scheduler.ts";
import { type Answerer, SimTransport, type WayToPeers } from "./sim-transport.ts";

/** A batch as its agent made it, with where its readings truly lay. */
export interface ReportedBatch {
  readonly host: string;
  /** By whose identity: a copy's is that of whom it was copied from. */
  readonly owner: string;
  readonly life: number;
  readonly at: bigint;
  readonly batch: Batch;
  readonly put: Put["kind"];
  /** Of its text as it was made: by it the batch is known again in the evidence. */
  readonly key: string;
  readonly machine: Machine;
  /** True time, ns since the start, at which RAW read so, in this boot. */
  readonly placeOf: ReadonlyMap<string, bigint>;
  /** True times at which an answer of a source or a peer was taken, in this life; and those of sources alone. */
  readonly answers: readonly bigint[];
  readonly ofSources: readonly bigint[];
}

/** A body that a disk said it has. */
export interface BatchPut {
  readonly host: string;
  readonly life: number;
  readonly at: bigint;
}

export interface LifeParts {
  readonly plan: HostPlan;
  readonly owner: string;
  readonly number: number;
  readonly machine: Machine;
  readonly disk: SimDisk;
  readonly dial: Dial;
  readonly policy: Partial<Policy>;
  readonly scheduler: Scheduler;
  readonly random: SeededRandom;
  readonly history: History;
  readonly records: Records;
  /** Its way to other hosts; null = the policy puts it into no mesh. */
  readonly peers: WayToPeers | null;
  /** It was killed in the midst of writing. */
  readonly killed: () => void;
}

const POLICY_FILE = "policy.json";
const isPolicy = validator(Policy);

const raise = (most: Map<string, number>, name: string, to: number): void => {
  most.set(name, Math.max(most.get(name) ?? 0, to));
};

/** By the rule of the agent's own folder: any other key ends it. */
const isRightKey = (identity: Identity | null, key: string): boolean =>
  identity?.publicKey === undefined || identity.publicKey === key || identity.formerKey === key;

/** Without what was signed apart, which is added when it is sealed. */
export const batchKey = (batch: Batch): string =>
  createHash("sha256")
    .update(JSON.stringify({ ...batch, spans_signature: undefined }))
    .digest("hex");

export const bodyHash = (body: Uint8Array): string => createHash("sha256").update(body).digest("hex");

/** One run of the agent's process, from its start to where it is killed: all of the agent's own code, on simulated ground. */
export class Life {
  readonly #parts: LifeParts;
  readonly #disk: OpenedDisk;
  readonly #placeOf = new Map<string, bigint>();
  readonly #answers: bigint[] = [];
  readonly #ofSources: bigint[] = [];
  #agent: Agent | null = null;
  #port: PeerPort | null = null;
  #isOver = false;

  constructor(parts: LifeParts) {
    this.#parts = parts;
    this.#disk = new OpenedDisk(parts.disk, () => this.#die());
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Reads what the disk has, and goes on from there. */
  start(): void {
    const { plan, machine, random, history, scheduler, peers, number } = this.#parts;
    const answered = (by: Answerer) => this.#answered(by);
    const instruments = {
      clocks: { ruler: "raw" as const, read: () => this.#read() },
      transport: new SimTransport({ sources: plan.sources, machine, scheduler, random, peers, answered }),
      nonce: () => random.nonce(),
    };
    const mesh = peers === null ? {} : { mesh: this.#meshParts(instruments, peers) };
    const agent = new Agent({
      instruments,
      mode: "kernel_basic",
      interleave: true,
      clockSet: null,
      steering: () => SIM_STEERING,
      distrustSteering: () => undefined,
      mayCalibrate: true,
      settings: { sources: null, probeIntervalS: null, rhoPpb: null, faults: null },
      discovered: plan.sources.map(({ address }) => {
        const [host = "", port = "123"] = address.split(":");
        return makeSource(host, Number(port), "declared");
      }),
      policy: this.#keptPolicy(),
      refidOf,
      ...mesh,
      sha1,
      resolve: async ({ host }) => host,
      report: null,
      sender: null,
      keepPolicy: (policy) => this.#keepPolicy(policy),
      watch: new HostWatch(machine.witness()),
      alarm: this.#alarm,
      random: () => random.next(),
      log: (level, message) => this.#isOver || history.note(plan.name, level, message),
    });
    this.#agent = agent;
    history.note(plan.name, "starts", `life ${number}`);
    agent.start();
    const reporting = this.#report(agent, instruments.clocks);
    reporting.ended.catch((error: unknown) => this.#ended(error));
  }

  #answered(by: Answerer): void {
    const { now } = this.#parts.scheduler;
    this.#answers.push(now);
    if (by === "source") this.#ofSources.push(now);
  }

  /** Its part in a mesh, joined as the agent joins it. All rulers that it speaks of are remembered. */
  #meshParts({ clocks, transport }: Pick<Rung, "clocks" | "transport">, { road, address }: WayToPeers): MeshParts {
    const { machine, scheduler, random, history, plan } = this.#parts;
    const open = (asked: ToOpen) => {
      const ruler = { ...asked.ruler, id: () => this.#named(asked.ruler.id()) };
      const isOver = () => this.#isOver;
      this.#port = new PeerPort({ ...asked, ruler }, { address, machine, road, scheduler, random, isOver });
      return this.#port;
    };
    const { mesh } = joinAnswering({
      settings: { ...NO_PEERS, off: false },
      rung: { mode: "kernel_basic", clocks, transport, interleave: true, clockSet: null, answer: open, close: () => undefined },
      bootId: this.bootId,
      monitor: () => this.#agent?.monitor ?? null,
      log: (level, message) => this.#isOver || history.note(plan.name, level, message),
    });
    return { ...mesh, rulerId: (disruptions) => this.#named(mesh.rulerId(disruptions)) };
  }

  #named<Name extends number | null>(name: Name): Name {
    const { records, machine } = this.#parts;
    if (name !== null && !records.rulers.has(name)) records.rulers.set(name, machine.rulerNow());
    return name;
  }

  /** It gets so many more operations of the disk; null = it is killed at once. */
  kill(operations: number | null): void {
    if (operations === null) this.#die();
    else this.#disk.killAfter(operations);
  }

  /** It was to be killed in the midst of writing, and is not. */
  spare(): void {
    this.#disk.killAfter(Number.POSITIVE_INFINITY);
  }

  #report(agent: Agent, clocks: { read(): HostReading }): Reporting {
    const { plan, dial, random, history, disk } = this.#parts;
    const signer = keyOf(disk);
    if (!isRightKey(this.#folder().identity(), signer.publicKey))
      this.#parts.records.bugs.push(`${plan.name}: its key is not its identity's`);
    return startReporting({
      config: { dataDir: "", tokenFile: null, keepTokenFile: true, name: plan.name, labels: {}, proxy: { kind: "none" } },
      server: new URL("https://server.example"),
      agent: {
        offerPolicy: (policy) => agent.offerPolicy(policy),
        offerAssignment: (given) => agent.offerAssignment(given),
        heed: (asked) => agent.heed(asked),
        get isSilent() {
          return agent.isSilent;
        },
        flightsTo: (send) => agent.flightsTo(send),
        lost: (batches, inAll, doubtful) => agent.lost(batches, inAll, doubtful),
        note: (kind, detail) => agent.note(kind, detail),
        enrolled: (sender, report) => agent.enrolled(sender, (batch) => this.#reported(batch, report(batch))),
      },
      clocks: clocks as never,
      files: this.#folder(),
      signer,
      bootId: this.bootId,
      openStore: () => this.#store,
      spoolLimits: plan.spoolLimits,
      machine: { machineId: plan.name, instanceId: null },
      pins: [],
      dial: (server, by, trust) => {
        const link = dial(server, by, trust);
        const guard = <T>(answer: Promise<T>) => new Promise<T>((resolve) => void answer.then((said) => this.#isOver || resolve(said)));
        return {
          post: (path, body) => guard(link.post(path, body)),
          postSigned: (path, id, body) => guard(link.postSigned(path, id, body)),
          postBatches: (request, body) => (this.#isOver ? new Promise(() => undefined) : guard(link.postBatches(request, body))),
          close: () => link.close(),
        };
      },
      alarm: this.#alarm,
      random: () => random.next(),
      log: (level, message) => this.#isOver || history.note(plan.name, level, message),
    });
  }

  get bootId(): string {
    return `${this.#parts.plan.name}-boot-${this.#parts.machine.boots}`;
  }

  #read(): HostReading {
    const reading = this.#parts.machine.read();
    this.#placeOf.set(reading.rawAfter.toString(), this.#parts.scheduler.now);
    return reading;
  }

  #reported(batch: Batch, put: Put): void {
    if (this.#isOver) return;
    const { plan, owner, number, machine, records, scheduler, history } = this.#parts;
    records.reported.push({
      owner,
      host: plan.name,
      life: number,
      at: scheduler.now,
      batch,
      put: put.kind,
      key: batchKey(batch),
      machine,
      placeOf: this.#placeOf,
      answers: this.#answers,
      ofSources: this.#ofSources,
    });
    if (put.kind !== "durable") history.note(plan.name, `report ${put.kind}`, put.why);
  }

  /** The disk, with what it said it has noted down. */
  get #store(): SegmentStore {
    const [disk, { plan, number, records, scheduler }] = [this.#disk, this.#parts];
    return {
      list: () => disk.list(),
      has: (name) => disk.has(name),
      read: (name) => disk.read(name),
      overwrite: (name, at, bytes) => disk.overwrite(name, at, bytes),
      truncate: (name, bytes) => disk.truncate(name, bytes),
      remove: (name) => disk.remove(name),
      setAside: (name, as) => disk.setAside(name, as),
      append: (name, bytes) => {
        disk.append(name, bytes);
        for (const { body } of scanFrames(bytes).batches) {
          const hash = bodyHash(body);
          if (!records.durable.has(hash)) records.durable.set(hash, { host: plan.name, life: number, at: scheduler.now });
        }
        raise(records.spoolBytes, plan.name, this.#parts.disk.bytes);
        raise(records.writtenBytes, plan.name, bytes.length);
      },
    };
  }

  readonly #alarm: Alarm = {
    now: () => this.#parts.machine.now(),
    later: (delayMs, act) => this.#parts.machine.later(delayMs, () => this.#isOver || this.#guarded(act)),
  };

  /** What a process that is killed in the midst of an act throws reaches nobody; anything else is a bug. */
  #guarded(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#ended(error);
    }
  }

  #ended(error: unknown): void {
    if (this.#isOver || error instanceof Killed) return;
    const { records, plan, history } = this.#parts;
    const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
    records.bugs.push(`${plan.name}: ${words}`);
    history.note(plan.name, "fails", words.split("\n")[0]);
    this.#die();
  }

  #die(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#port?.end();
    this.#disk.close();
    this.#parts.history.note(this.#parts.plan.name, "is killed");
    this.#parts.killed();
  }

  #folder(): IdentityFolder {
    const keys = new KeyFiles(this.#parts.disk, this.#disk, () => `key ${this.#parts.random.nonce()}`);
    return {
      identity: () => JSON.parse(this.#text(IDENTITY_FILE) ?? "null") as Identity | null,
      keep: (identity) => this.#disk.replace(IDENTITY_FILE, JSON.stringify(identity)),
      nextKey: () => keys.next(),
      formerKeys: () => keys.former(),
      dropFormerKeys: () => keys.dropFormer(),
    };
  }

  #keptPolicy(): Policy {
    const kept: unknown = JSON.parse(this.#text(POLICY_FILE) ?? "null");
    return isPolicy.accepts(kept) ? kept : DEFAULT_POLICY;
  }

  /** As the agent does: one that cannot be kept is in force until it ends. */
  #keepPolicy(policy: Policy): void {
    try {
      this.#disk.replace(POLICY_FILE, JSON.stringify(policy));
    } catch (error) {
      this.#parts.history.note(this.#parts.plan.name, "warn", `cannot keep the policy: ${(error as Error).message}`);
    }
  }

  #text(name: string): string | null {
    const bytes = this.#parts.disk.files.get(name);
    return bytes === undefined ? null : Buffer.from(bytes).toString("utf8");
  }
}
