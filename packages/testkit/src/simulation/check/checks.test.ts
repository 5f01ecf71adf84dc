import { readStoredBatch } from "@truebound/server";
import type { Batch } from "@truebound/wire";
import { beforeAll, describe, expect, it } from "vitest";
import { SOUND_DISK } from "../disk.ts";
import { History } from "../history.ts";
import { batchKey } from "../life.ts";
import { type Run, runWorld } from "../run.ts";
import { evidenceKey, type HostRow, type Tables } from "../tables.ts";
import { drawWorld } from "../world.ts";
import { judge } from "./all-checks.ts";
import { textOf } from "./evidence-of.ts";

/** One sound world, and what is wrong with it by the hand of each test: a check that finds nothing then proves nothing. */
let run: Run;
let id: string;

beforeAll(async () => {
  const world = drawWorld(25);
  const hosts = world.hosts.map((host) => ({ ...host, disk: SOUND_DISK, spoolLimits: { segmentBytes: 64_000, totalBytes: 1_000_000 } }));
  run = await runWorld({ ...world, hosts, liars: 0, troubles: [{ kind: "kill", atS: 60, host: 0, downS: 20, operations: 2 }] });
  id = run.hosts[0]?.id ?? "";
});

const tampered = (change: (tables: Tables) => void): Run => {
  const tables = run.tables.copy();
  change(tables);
  return { ...run, tables };
};

const evidence = (seq: number, epoch = 1) => {
  const row = run.tables.evidence.get(evidenceKey(id, epoch, seq));
  if (row === undefined) throw new Error(`No batch ${epoch}/${seq} in this world`);
  return row;
};

const keyOf = (seq: number): string => {
  const row = evidence(seq);
  return batchKey(readStoredBatch(textOf(row.body), id, row.isWhole).batch);
};

const found = async (broken: Run): Promise<string[]> => (await judge(broken)).map(({ check }) => check);

describe("the checks of a world", () => {
  it("find nothing in a sound one", async () => {
    expect(await judge(run)).toEqual([]);
  });

  it("find a batch that is gone", async () => {
    const broken = tampered((tables) => tables.evidence.delete(evidenceKey(id, 1, 4)));
    expect(await found(broken)).toEqual(expect.arrayContaining(["records kept", "chains hold"]));
  });

  it("find a batch that counts twice", async () => {
    const broken = tampered((tables) => tables.evidence.set(evidenceKey(id, 2, 1), { ...evidence(4), epoch: 2, seq: 1 }));
    expect(await found(broken)).toContain("records kept");
  });

  it("find of two reports that are equal to the byte, as a frozen clock makes them, the third that counts and the one that is gone", async () => {
    const [first, ...others] = run.records.reported.filter((one) => one.key === keyOf(4));
    if (first === undefined || others.length > 0) throw new Error("This report is not there once");
    const made = { ...run.records, reported: [...run.records.reported, first] };
    const twin = { ...evidence(4), epoch: 2 };
    const counted = (seqs: readonly number[]) =>
      tampered((tables) => {
        for (const seq of seqs) tables.evidence.set(evidenceKey(id, 2, seq), { ...twin, seq });
      });
    const words = async (broken: Run) => (await judge({ ...broken, records: made })).map(({ what }) => what).join("\n");
    expect(await words(counted([1]))).not.toMatch(/one batch is counted|batches are not in the evidence/);
    expect(await words(counted([1, 2]))).toContain("one batch is counted as 1/4 and as 2/1 and as 2/2");
    expect(await words(counted([]))).toContain("1 batches are not in the evidence");
  });

  it("find a host that is not heard in the end, and was not both named a copy, be it in a state that was replaced, and told the way out", async () => {
    const { name } = (run.hosts[0] as Run["hosts"][number]).plan;
    const row = (tables: Tables, more: object) => tables.hosts.set(id, { ...(tables.hosts.get(id) as HostRow), ...more });
    const silent = tampered((tables) => row(tables, { record: { ...tables.hosts.get(id)?.record, receivedAt: null } }));
    const named = tampered((tables) => row(tables, { forkAttempts: 1n })).tables;
    const troubles = [{ kind: "clone" as const, atS: 60, host: 0, forS: 20 }];
    const told = new History(() => 0n);
    told.note(name, "warn", "cannot report: fork: unless this is the host that is to go on, run truebound-agent unenroll, then enroll");
    const isMissed = async (history: History, replaced: Tables[]) => {
      const broken = { ...silent, history, world: { ...run.world, troubles }, records: { ...run.records, replaced } };
      return (await judge(broken)).some(({ what }) => what.includes("was not heard"));
    };
    expect(await isMissed(told, [named])).toBe(false);
    expect(await isMissed(told, [])).toBe(true);
    expect(await isMissed(run.history, [named])).toBe(true);
  });

  it("find losses that nothing took, also where they are only said to be doubtful: a process leaves one such write behind", async () => {
    const declaring = (doubtful: number) => {
      const row = evidence(1);
      const batch = JSON.parse(Buffer.from(textOf(row.body)).toString()) as Batch;
      const detail = { dropped_batches: 9, dropped_in_all: 9, doubtful_in_all: doubtful };
      const events = [...batch.events, { ...batch.events[0], kind: "spool_gap", source: null, detail }];
      const body = Buffer.from(JSON.stringify({ ...batch, events }));
      return tampered((tables) => tables.evidence.set(evidenceKey(id, 1, 1), { ...row, body }));
    };
    const words = async (broken: Run) => (await judge(broken)).map(({ what }) => what).join("\n");
    expect(await words(declaring(8))).toContain(": 1 batches are declared lost, and nothing took them");
    expect(await words(declaring(9))).toContain(": 9 batches are said to be in doubt, and its process ended ");
  });

  it("find no loss in what was there for good and is not in a state that came back, but any in one that has it", async () => {
    const row = evidence(1);
    const batch = JSON.parse(Buffer.from(textOf(row.body)).toString()) as Batch;
    const told = { ...batch.events[0], kind: "spool_gap", source: null, detail: { dropped_batches: 2, dropped_in_all: 2 } };
    const body = Buffer.from(JSON.stringify({ ...batch, events: [...batch.events, told] }));
    const declaring = tampered((tables) => tables.evidence.set(evidenceKey(id, 1, 1), { ...row, body }));
    const at = (change: (row: HostRow) => Partial<HostRow>) =>
      tampered((tables) => {
        const held = tables.hosts.get(id) as HostRow;
        tables.hosts.set(id, { ...held, ...change(held) });
      }).tables;
    const line = at(() => ({ checkpointedSeq: 5 }));
    const words = async (tables: Tables, wasLeft = true) => {
      const records = { ...run.records, replaced: [line], restored: [{ tables, wasLeft }] };
      return (await judge({ ...declaring, records })).map(({ what }) => what).join();
    };
    const until = (seq: number) => at(({ record }) => ({ record: { ...record, seq } }));
    expect(await words(until(4))).not.toContain("nothing took them");
    expect(await words(until(4), false)).toContain("2 batches are declared lost, and nothing took them");
    expect(await words(until(5))).toContain("2 batches are declared lost, and nothing took them");
  });

  it("find a batch whose bytes were changed", async () => {
    const broken = tampered((tables) => tables.evidence.set(evidenceKey(id, 1, 4), { ...evidence(4), body: evidence(5).body }));
    expect(await found(broken)).toContain("chains hold");
  });

  it("find a leaf that was put in another's place, a head that was changed, and one that is signed by nobody", async () => {
    const swapped = tampered((tables) => {
      const [first, second] = tables.leaves;
      if (first !== undefined && second !== undefined) tables.leaves.splice(0, 2, second, first);
    });
    expect(await found(swapped)).toContain("chains hold");
    const forged = tampered(({ heads }) => {
      const first = heads[0] as (typeof heads)[number];
      heads[0] = { ...first, head: { ...first.head, timestamp: 0n } };
    });
    expect(await found(forged)).toContain("chains hold");
    const [sealed] = run.records.heads;
    if (sealed === undefined) throw new Error("No head in this world");
    const unsigned = { ...sealed, head: { ...sealed.head, signature: new Uint8Array(64) } };
    expect(await found({ ...run, records: { ...run.records, heads: [unsigned] } })).toContain("chains hold");
  });

  it("find bounds, answers and verdicts that leave out the truth", async () => {
    const { clock } = (run.hosts[0] as Run["hosts"][number]).machine;
    const offsetAt = clock.offsetAt.bind(clock);
    clock.offsetAt = (elapsed) => offsetAt(elapsed) + 3_000_000_000n;
    try {
      expect(await found(run)).toEqual(expect.arrayContaining(["bounds hold", "answers hold"]));
    } finally {
      clock.offsetAt = offsetAt;
    }
  });

  it("find a bound on a clock of which no source has said anything", async () => {
    const reported = run.records.reported.map((one) => ({ ...one, answers: [] }));
    expect(await found({ ...run, records: { ...run.records, reported } })).toContain("unknown is said");
  });

  it("find a notice that was not told, or whose incident has none", async () => {
    const late = tampered((tables) => {
      for (const [key, row] of tables.deliveries) tables.deliveries.set(key, { ...row, state: "given_up" });
      for (const [key, row] of tables.notices) tables.notices.set(key, { ...row, createdAt: 0n as typeof row.createdAt });
    });
    expect(run.tables.deliveries.size).toBeGreaterThan(0);
    expect(await found(late)).toContain("alerts told");
    const silent = tampered((tables) => tables.notices.clear());
    expect(await found(silent)).toContain("alerts told");
    const [first] = run.records.told;
    if (first === undefined) throw new Error("Nothing was told in this world");
    const told = [...run.records.told, { ...first, content: "other words" }];
    expect(await found({ ...run, records: { ...run.records, told } })).toContain("alerts told");
  });

  it("find a spool beyond its bound, an agent without patience, and what nobody expects", async () => {
    const { name } = (run.hosts[0] as Run["hosts"][number]).plan;
    const spoolBytes = new Map([[name, 1 << 30]]);
    const tries = new Map([[name, Array.from({ length: 500 }, (_, index) => BigInt(index) * 100_000_000n)]]);
    expect(await found({ ...run, records: { ...run.records, spoolBytes } })).toEqual(["bounded"]);
    expect(await found({ ...run, records: { ...run.records, tries } })).toEqual(["bounded"]);
    expect(await found({ ...run, records: { ...run.records, bugs: ["server-1: a bug"] } })).toEqual(["bounded"]);
    expect(await found({ ...run, waiting: 10_000 })).toEqual(["bounded"]);
  });
});

describe("the check of a mesh", () => {
  /** Without any other trouble: one of three hosts is misled by all of its sources. */
  let mesh: Run;
  const words = async (broken: Run) => (await judge(broken)).map(({ check, what }) => `${check}: ${what}`).join("\n");
  const misled = () => mesh.hosts.find(({ plan }) => plan.isMisled) as Run["hosts"][number];
  const honest = () => mesh.hosts.find(({ plan }) => !plan.isMisled) as Run["hosts"][number];

  beforeAll(async () => {
    const world = Array.from({ length: 400 }, (_, seed) => drawWorld(seed)).find((one) => one.mesh?.wrong?.how === "misled");
    if (world === undefined) throw new Error("No such world");
    const database = { lostStatement: 0, lostCommit: 0, slowestMs: 4 };
    const hosts = world.hosts.map((host) => ({ ...host, disk: SOUND_DISK, spoolLimits: { segmentBytes: 64_000, totalBytes: 1_000_000 } }));
    mesh = await runWorld({ ...world, hosts, database, troubles: [] });
  });

  it("finds nothing in a sound one", async () => {
    expect(await judge(mesh)).toEqual([]);
    expect(mesh.records.reported.some(({ batch }) => (batch.mesh?.edges.peer.length ?? 0) > 0)).toBe(true);
    expect(mesh.records.solved.some(({ bounds, suspects }) => bounds.length > 0 && suspects.has(misled().id))).toBe(true);
  });

  it("finds a measurement of a ruler beside what that read, and a ruler that nobody has", async () => {
    const rulers = new Map(
      [...mesh.records.rulers].map(([name, one]) => [name, { ...one, rawAt: (at: bigint) => one.rawAt(at) + 50_000_000n }]),
    );
    expect(await words({ ...mesh, records: { ...mesh.records, rulers } })).toMatch(
      /mesh holds: host-\d life 1, of host-\d at [\d.]+ s: rulers were/,
    );
    expect(await words({ ...mesh, records: { ...mesh.records, rulers: new Map() } })).toContain("on a ruler that nobody has");
  });

  it("finds a claim that no source of the host's own bears out, and one beside the truth", async () => {
    const reported = mesh.records.reported.map((one) => ({ ...one, ofSources: [] }));
    expect(await words({ ...mesh, records: { ...mesh.records, reported } })).toContain("none of its own sources has spoken");
    const { clock } = honest().machine;
    const offsetAt = clock.offsetAt.bind(clock);
    clock.offsetAt = (elapsed) => offsetAt(elapsed) + 3_000_000_000n;
    try {
      expect(await words(mesh)).toMatch(/mesh holds: .* and it claims/);
    } finally {
      clock.offsetAt = offsetAt;
    }
  });

  it("finds a bound of a server that leaves out the truth", async () => {
    const solved = mesh.records.solved.map((one) => ({
      ...one,
      bounds: one.bounds.map((two) => ({ ...two, bound: { lo: two.bound.lo + 9_000_000_000n, hi: two.bound.hi + 9_000_000_000n } })),
    }));
    expect(await words({ ...mesh, records: { ...mesh.records, solved } })).toMatch(/mesh holds: clock − UTC of host-\d \(guaranteed\)/);
  });

  it("finds one who is right and accused, one who is wrong and not named, and one who hears nobody", async () => {
    const change = (edit: (tables: Tables) => void): Run => {
      const tables = mesh.tables.copy();
      edit(tables);
      return { ...mesh, tables };
    };
    const accusing = change(({ conflicts }) => {
      for (const [key, row] of conflicts) conflicts.set(key, { ...row, flagged: [honest().id], suspects: [honest().id] });
    });
    expect(await words(accusing)).toContain(`${honest().plan.name} is accused (guaranteed), and it is right`);
    expect(await words(accusing)).toContain("and none of them is wrong");
    expect(await words(change(({ conflicts }) => conflicts.clear()))).toContain(`nobody says that ${misled().plan.name} is wrong`);
    const deaf = change(({ hosts }) => {
      const row = hosts.get(honest().id) as NonNullable<ReturnType<typeof hosts.get>>;
      hosts.set(honest().id, { ...row, record: { ...row.record, mesh: null } });
    });
    expect(await words(deaf)).toContain(`${honest().plan.name} does not hear ${misled().plan.name}`);
  });
});
