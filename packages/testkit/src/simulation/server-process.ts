import {
  type AlertConfig,
  AlertKeeper,
  agreeOnKey,
  type DeliveryHead,
  DeliveryWorker,
  distrusted,
  type EnrolPorts,
  enrol,
  FleetWatcher,
  giveChallenge,
  Ingest,
  isRefusal,
  MeshDirectory,
  openContent,
  PeerKeeper,
  Places,
  type PolicyRule,
  problemOf,
  type Refusal,
  type ReplySigner,
  refusalOf,
  type SignedLogHead,
  signatureHeaders,
} from "@truebound/server";
import { type LeapList, leapsOf } from "@truebound/time";
import type { SeededRandom } from "../sim/random.ts";
import { alertTables, deliveryTables, recordsOf } from "./alert-tables.ts";
import { Outage, Session, type SimDatabase } from "./database.ts";
import { enrolTables } from "./enrol-tables.ts";
import type { History } from "./history.ts";
import { ingestTables } from "./ingest-tables.ts";
import { keyTables } from "./key-tables.ts";
import { sequenceLog } from "./log-tables.ts";
import { peerTables } from "./peer-tables.ts";
import type { Records } from "./records.ts";
import type { Scheduler } from "./scheduler.ts";
import { type SeededKey, seededId } from "./seeded-key.ts";
import { serverCrypto } from "./server-crypto.ts";
import { solvedMesh } from "./solved-mesh.ts";

export interface Request {
  /** Absent = where batches go. */
  readonly path?: string;
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface Response {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** A head as it was signed, and in which line of the database: one that was restored begins another. */
export interface SealedLogHead {
  readonly head: SignedLogHead;
  readonly line: number;
}

export interface ServerParts {
  readonly name: string;
  readonly database: SimDatabase;
  readonly rules: readonly PolicyRule[];
  readonly refillNs: bigint;
  readonly leaps: LeapList;
  /** Hosts measure each other. */
  readonly hasMesh: boolean;
  /** Whom the operator lets in. */
  readonly hostListing: NonNullable<EnrolPorts["hostListing"]>;
  readonly alerts: Omit<AlertConfig, "now">;
  readonly key: SeededKey;
  readonly keyId: string;
  readonly scheduler: Scheduler;
  readonly random: SeededRandom;
  readonly history: History;
  readonly records: Records;
  /** How often the database was replaced by now. */
  readonly line: () => number;
  /** Whether a channel takes what it is told, now. */
  readonly isDeaf: () => boolean;
}

const LOOK_MS = 2_000;
const DELIVER_MS = 3_000;
const SEAL_MS = 15_000;
const SOLVE_MS = 10_000;

/** One run of a server's process: the server's own ingest, watcher, judge, notifier and sequencer, on a simulated database. */
export class ServerProcess {
  readonly #parts: ServerParts;
  readonly #session = new Session();
  readonly #ingest: Ingest;
  readonly #places = new Places();
  readonly #watcher: FleetWatcher;
  readonly #directory = new MeshDirectory(serverCrypto.sha256);
  readonly #peers: PeerKeeper;
  readonly #keeper: AlertKeeper;
  readonly #worker: DeliveryWorker;
  readonly #signer: ReplySigner;
  readonly #startedAt: bigint;
  #isOver = false;

  constructor(parts: ServerParts) {
    const { database, rules, refillNs, alerts, key, keyId, scheduler, random, records } = parts;
    this.#parts = parts;
    this.#startedAt = scheduler.now;
    this.#signer = { keyId, sign: (text) => key.sign(text), sha256: serverCrypto.sha256, keyChanges: [] };
    const monotonic = () => Number((scheduler.now - this.#startedAt) / 1000n) / 1000;
    this.#ingest = new Ingest({
      store: ingestTables(database, this.#session, { rules, refillNs }),
      crypto: { sha256: serverCrypto.sha256, verifyEd25519: async (...signed) => serverCrypto.verify(...signed) },
      open: openContent,
      assignmentOf: (host) => this.#directory.assignmentOf(host),
      signReceipt: (text) => key.sign(text),
      tlsPins: [],
      keyDays: 0,
      random: () => random.next(),
      now: monotonic,
      nextTurn: (act) => void scheduler.after(0, () => this.#isOver || act()),
    });
    this.#watcher = new FleetWatcher({
      look: async (mark) => {
        await database.travel();
        const tables = database.committed;
        return { records: recordsOf(tables, mark === null ? -1n : BigInt(mark)), rules, mark: tables.xid.toString() };
      },
    });
    this.#peers = new PeerKeeper({
      store: peerTables(database, this.#session),
      fleet: this.#watcher,
      leaps: () => leapsOf(parts.leaps),
      monotonic,
      pause: async () => undefined,
      begun: (tier) => parts.history.note(parts.name, "tells a contradiction", tier),
    });
    this.#keeper = new AlertKeeper({
      store: alertTables(database, this.#session, alerts),
      fleet: this.#watcher,
      mesh: () => this.#peers.state,
      leaps: () => parts.leaps,
      house: () => null,
      bootId: null,
      monotonic,
      localPage: () => "http://localhost:8123",
      word: () => random.nonce().toString(36),
    });
    this.#worker = new DeliveryWorker({
      store: deliveryTables(database, this.#session, alerts),
      send: async ({ name }, { key: noticeKey, incident, ordinal, kind, ...rest }) => {
        await scheduler.pause(random.between(1, 200));
        const accepted = !parts.isDeaf();
        const content = JSON.stringify({ incident, kind, ...rest });
        records.told.push({ channel: name, key: noticeKey, incident: incident.id, ordinal, kind, accepted, content });
        return accepted ? { kind: "delivered" } : { kind: "again", why: "the channel does not answer" };
      },
      counted: () => undefined,
      random: () => random.next(),
      monotonic,
      log: { info: () => undefined, warn: () => undefined, error: (message) => this.#bug(message) },
    });
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  start(): void {
    this.#parts.history.note(this.#parts.name, "starts");
    this.#every(LOOK_MS, async () => {
      await this.#watcher.look(() => Number(this.#parts.scheduler.now / 1000n) / 1000);
      if (this.#parts.hasMesh) this.#draw();
      await this.#keeper.look();
    });
    this.#every(DELIVER_MS, () => this.#worker.look());
    this.#every(SEAL_MS, () => this.#seal());
    if (this.#parts.hasMesh) this.#every(SOLVE_MS, () => this.#solve());
  }

  /** Who measures whom, by what is known of the fleet now. */
  #draw(): void {
    const records = this.#watcher.entries().map(({ record }) => record);
    this.#directory.look(records, this.#watcher.rules, [], distrusted(this.#peers.state?.standings ?? new Map()));
  }

  async #solve(): Promise<void> {
    const { records, scheduler, name } = this.#parts;
    await this.#peers.look();
    const { state } = this.#peers;
    const solved = state && solvedMesh(state, name, scheduler.now);
    if (solved !== null && !this.#isOver) records.solved.push(solved);
  }

  /** kill -9: what it had under way in the database is rolled back, and nobody is answered. */
  kill(): void {
    this.#isOver = true;
    this.#session.end();
    void this.#keeper.stop();
    this.#parts.history.note(this.#parts.name, "is killed");
  }

  /** Null = the connection broke. */
  async handle(request: Request): Promise<Response | null> {
    const { path, header } = postOf(request);
    const work = path === undefined ? this.#receive(request) : this.#answer({ ...request, path, header });
    const outcome = await work.catch((error: unknown) => this.#refused(error));
    if (this.#isOver) return null;
    const { status, headers, text } = isRefusal(outcome) ? problemOf(outcome) : { status: 200, headers: {}, text: JSON.stringify(outcome) };
    if (isRefusal(outcome))
      this.#parts.history.note(this.#parts.name, "refuses", `${request.address} ${outcome.refused}: ${outcome.detail}`);
    const body = Buffer.from(text);
    const signed = signatureHeaders(this.#signer, status, body, { signature: request.headers.signature ?? null, knownKey: null });
    return { status, headers: lowerCased({ ...headers, ...signed }), body };
  }

  async #receive({ address, headers, body }: Request): Promise<object | Refusal> {
    const head: DeliveryHead = { schemes: ["https"], address, host: headers.host ?? "", header: (name) => headers[name] };
    const claim = await this.#ingest.admit(head, body.length);
    if (isRefusal(claim)) return claim;
    const place = this.#places.enter(claim.agent);
    if (isRefusal(place)) return place;
    try {
      const outcome = await this.#ingest.receive(claim, body);
      return isRefusal(outcome) ? outcome : outcome.receipt;
    } finally {
      place.release();
    }
  }

  /** What agents say beside their batches: how they are let in, and which key they change to. */
  #answer({ address, path, headers, header, body }: Asking): Promise<object | Refusal> {
    const { database, rules, hostListing, key, random } = this.#parts;
    const crypto: EnrolPorts["crypto"] = {
      sha256: serverCrypto.sha256,
      verifyEd25519: (...signed) => serverCrypto.verify(...signed),
      randomBytes: (count) => Uint8Array.from({ length: count }, () => Math.floor(random.next() * 256)),
      uuid: () => seededId(`host ${random.nonce()}`),
    };
    const ports: EnrolPorts = { store: enrolTables(database, this.#session, rules), crypto, hostListing, receiptKey: key.raw };
    if (path === CHALLENGE_PATH) return giveChallenge(ports, address);
    if (path === ENROL_PATH) return enrol(ports, JSON.parse(Buffer.from(body).toString("utf8")));
    const store = keyTables(database, this.#session);
    return agreeOnKey({ store, crypto }, { schemes: ["https"], host: headers.host ?? "", path, header, body });
  }

  #refused(error: unknown): Refusal {
    if (!(error instanceof Outage)) this.#bug(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return refusalOf(error, (one) => one instanceof Outage);
  }

  async #seal(): Promise<void> {
    const { database, key, keyId, records, history, name, line } = this.#parts;
    const began = line();
    const signer = { publicKey: key.raw, keyId, sign: (text: string) => key.sign(text) };
    const { head, leaves, blocked } = await sequenceLog(database, this.#session, signer);
    for (const one of blocked) records.bugs.push(`the log stops at ${one}`);
    if (head === null) return;
    records.heads.push({ head, line: began });
    history.note(name, "seals", `${leaves} leaves, size ${head.head.size}`);
  }

  /** Again and again; what fails for an outage is tried with the next turn. */
  #every(ms: number, work: () => Promise<void>): void {
    const { scheduler, random } = this.#parts;
    const turn = async () => {
      if (this.#isOver) return;
      try {
        await work();
      } catch (error) {
        if (!this.#isOver && !(error instanceof Outage)) this.#bug(error instanceof Error ? (error.stack ?? error.message) : String(error));
      }
      if (!this.#isOver) scheduler.after(ms * random.between(0.9, 1.1), () => void turn());
    };
    scheduler.after(random.between(0, ms), () => void turn());
  }

  #bug(words: string): void {
    if (this.#isOver) return;
    this.#parts.records.bugs.push(`${this.#parts.name}: ${words}`);
    this.#parts.history.note(this.#parts.name, "fails", words.split("\n")[0]);
  }
}

const CHALLENGE_PATH = "/api/v1/enroll/challenge";
const ENROL_PATH = "/api/v1/enroll";

type Asking = Request & { readonly path: string; readonly header: (name: string) => string | undefined };

const postOf = ({ path, headers }: Request) => ({ path, header: (name: string): string | undefined => headers[name] });

const lowerCased = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
