import { type AuditScope, canonicalJson, type DeclaredExemption, type Json, type LogEntry } from "@truebound/audit";
import { type UtcInstant, utc } from "@truebound/time";
import type { ChainDocument } from "../traceability/chain.ts";
import { crypto, type Key, newKey, open, sha256Hex, wire } from "./memory-crypto.fixture.ts";
import { MemoryHost } from "./memory-host.fixture.ts";
import { MemoryLog } from "./memory-log.fixture.ts";
import type { BundleSink, MadeReport } from "./ports.ts";
import type { ReportPorts } from "./report-ports.ts";
import { storedReader } from "./stored-record.ts";

export const LIMIT: Readonly<Record<string, unknown>> = {
  id: "test-100us",
  kind: "utc",
  title: "100 µs",
  limit_ns: ["-100000", "100000"],
  traceability: "expected",
  horizon_ns: "30000000000",
  status: "in_force",
};

export interface World {
  readonly log: MemoryLog;
  readonly key: Key;
  readonly hosts: readonly MemoryHost[];
  readonly made: MadeReport[];
  now: bigint;
  ports(sink: BundleSink): ReportPorts;
}

export function worldOf(count: number): World {
  const key = newKey();
  const log = new MemoryLog(key);
  const hosts = Array.from(
    { length: count },
    (_, index) => new MemoryHost(`0000000${index}-0000-4000-8000-000000000000`, `host-${index}`, log),
  );
  log.declareFirst(declaredEntries({ profiles: [LIMIT] }));
  const made: MadeReport[] = [];
  const world: World = { log, key, hosts, made, now: 1_800_000_000_000_000_000n, ports: (sink) => portsOf(world, sink) };
  return world;
}

export interface Declared {
  readonly profiles?: readonly Readonly<Record<string, unknown>>[];
  readonly scopes?: readonly { readonly scope: AuditScope; readonly from: bigint }[];
  readonly calendars?: readonly { readonly name: string; readonly calendar: object | null; readonly from: bigint }[];
  readonly exemptions?: readonly DeclaredExemption[];
  readonly documents?: readonly ChainDocument[];
}

const declaredEntry = (kind: "rule" | "scope" | "profile", what: string, body: object | null, at: bigint): LogEntry => ({
  kind,
  what,
  sha256: body && sha256Hex(canonicalJson(body as Json)),
  body: body as Json,
  at_ns: String(at),
});

/** As `truebound apply` and `exemption add` write it into the log. */
export function declaredEntries({ profiles = [], scopes = [], calendars = [], exemptions = [], documents = [] }: Declared): LogEntry[] {
  return [
    ...documents.map(
      ({ reviewed_at: _at, reviewed_by: _by, ...body }): LogEntry => ({
        kind: "document",
        what: `document ${body.id}`,
        sha256: sha256Hex(canonicalJson(body as unknown as Json)),
        body: body as unknown as Json,
      }),
    ),
    ...profiles.map(({ id, ...body }) => declaredEntry("profile", `profile ${String(id)}`, body, 0n)),
    ...scopes.map(({ scope: { name, ...body }, from }) => declaredEntry("scope", `scope ${name}`, body, from)),
    ...calendars.map(({ name, calendar, from }) => declaredEntry("rule", `calendar ${name}`, calendar, from)),
    ...exemptions.flatMap((one): LogEntry[] => {
      const { withdrawn_at: _at, withdrawn_by: _by, withdrawn_reason: _reason, ...said } = one;
      const entry = { kind: "exemption", what: `exemption ${one.id}` } as const;
      const declared = { ...entry, sha256: sha256Hex(canonicalJson(said as Json)), body: said as Json };
      return [declared, ...(one.withdrawn_at === undefined ? [] : [{ ...entry, sha256: null, body: { ...one } as Json }])];
    }),
  ];
}

/** Before any evidence came; reports that were made before are of another history. */
export function declareIn(world: World, declared: Declared): void {
  if (world.log.declareFirst(declaredEntries(declared))) world.made.length = 0;
}

let reports = 0;

const portsOf = (world: World, sink: BundleSink): ReportPorts => ({
  evidence: {
    hosts: async () => world.hosts.map(({ facts }) => facts),
    keys: async (id) =>
      world.hosts.filter(({ facts }) => facts.id === id).map(({ key: { publicKey } }) => ({ publicKey, from: { epoch: 1, seq: 1 } })),
    async *batches(id) {
      yield* world.hosts.find(({ facts }) => facts.id === id)?.batches ?? [];
    },
    statements: async (id) => world.hosts.find(({ facts }) => facts.id === id)?.statements ?? [],
    removals: async () => "",
  },
  log: world.log,
  sink,
  wire,
  readStored: storedReader(open),
  crypto,
  book: {
    now: async () => utc(world.now) as UtcInstant,
    installation: async () => "test",
    last: async () => world.made.at(-1) ?? null,
    add: async (report) => void world.made.push(report),
  },
  scopes: {
    scopes: async () => [],
    exemptions: async () => [],
    inventory: async () => null,
    schedule: async () => null,
    documents: async () => [],
    allDocuments: async () => [],
  },
  profiles: async () => [LIMIT],
  changedProfiles: async () => new Map(),
  leaps: [{ from: 1_483_228_800_000_000_000n, taiMinusUtc: 37 }],
  signer: world.log.key,
  render: async (manifest, sha256) => [
    { name: "report.csv", bytes: Buffer.from(`sha256,${sha256}\n`) },
    { name: "report.pdf", bytes: Buffer.from(`%PDF ${sha256} ${manifest.length}`) },
  ],
  rest: async () => undefined,
  newId: () => `report-${++reports}`,
  software: "truebound/test",
});
