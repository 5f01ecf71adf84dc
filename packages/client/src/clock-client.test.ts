import { describe, expect, it, vi } from "vitest";
import type { ClockSample } from "./answer.ts";
import { type ClientOptions, ClockClient } from "./clock-client.ts";
import type { Snapshot, Status, Unreadable } from "./segment.ts";

const AT = 1_800_000_000_000_000_000n;
const MS = 1_000_000n;

/** A host with clocks of the test's: UTC is MONOTONIC plus AT, and its bound 1 ms on either side at each record. */
class Host {
  monotonic = 1_000n * MS;
  stepped = 0n;
  status: Status = "proven";
  unreadable: Unreadable | null = null;
  marker: bigint | null = null;
  reads = 0;
  /** How much passes each time that the clocks are read. */
  tick = 1_000n;

  options(over: ClientOptions = {}): ClientOptions {
    return {
      clocks: { hasRaw: false, sample: () => this.#sample() },
      source: { bootId: "b", read: () => this.#read(), marker: () => this.marker, close: () => undefined },
      ...over,
    };
  }

  #sample(): ClockSample {
    this.monotonic += this.tick;
    const { monotonic } = this;
    return {
      monotonicBefore: monotonic,
      realtime: AT + monotonic + this.stepped,
      realtimeResolution: 0n,
      boottime: null,
      monotonic,
      raw: null,
    };
  }

  #read(): Snapshot | Unreadable {
    this.reads += 1;
    const { monotonic, status } = this;
    const utc = AT + monotonic;
    return (
      this.unreadable ?? {
        generation: 2n,
        status,
        reason: null,
        bootId: "b",
        evidence: null,
        realtime: utc,
        monotonic,
        boottime: 0n,
        raw: null,
        spanNs: 0n,
        utc: { earliest: utc - MS, latest: utc + MS },
        rawGrowthPpb: 0n,
        monotonicGrowthPpb: 1_000_000n,
        expires: monotonic + 100n * MS,
        vmMarker: 7n,
      }
    );
  }
}

const clientOf = (host: Host, over: ClientOptions = {}): ClockClient => new ClockClient(host.options(over));

describe("what time it is", () => {
  it("is an interval around UTC that grows until the record is read anew", () => {
    const host = new Host();
    const client = clientOf(host);
    const first = client.now();
    expect(first).toMatchObject({ status: "proven", earliest: AT + host.monotonic - MS - 1n, latest: AT + host.monotonic + MS + 1n });
    for (let turn = 0; turn < 900; turn++) client.now();
    expect(host.reads).toBe(1);
    host.monotonic += MS;
    client.now();
    expect(host.reads).toBe(2);
  });
  it("is unknown where there is nothing to read, and known again as soon as there is", () => {
    const host = new Host();
    const client = clientOf(host, { refreshNs: 0n });
    host.unreadable = "no_segment";
    expect(client.now()).toMatchObject({ status: "unknown", reason: "no_segment", earliest: null });
    host.unreadable = null;
    expect(client.now().status).toBe("proven");
  });
  it("is unknown from the moment when what was read expires", () => {
    const host = new Host();
    const client = clientOf(host, { refreshNs: 1n << 60n });
    client.now();
    host.monotonic += 99n * MS;
    expect(client.now().status).toBe("proven");
    host.monotonic += MS;
    expect(client.now()).toMatchObject({ status: "unknown", reason: "expired" });
  });
  it("is nothing once the clock was stepped, or the machine moved, until the agent has read its clocks again", () => {
    const host = new Host();
    const client = clientOf(host, { refreshNs: 1n << 60n });
    client.now();
    host.stepped = -3n * MS;
    expect(client.now()).toMatchObject({ status: "disrupted", reason: "clock_stepped", earliest: null, latest: null });
    host.stepped = 0n;
    expect(client.now().status).toBe("proven");
    host.marker = 8n;
    expect(clientOf(host).now()).toMatchObject({ status: "disrupted", reason: "vm_disrupted" });
  });
});

describe("what is past, and what is not yet", () => {
  it("is neither within the interval", () => {
    const host = new Host();
    host.tick = 0n;
    const client = clientOf(host);
    const { earliest, latest } = client.now() as { earliest: bigint; latest: bigint };
    expect([earliest - 1n, earliest, latest, latest + 1n].map((t) => client.isPast(t))).toEqual([true, false, false, false]);
    expect([earliest - 1n, earliest, latest, latest + 1n].map((t) => client.isFuture(t))).toEqual([false, false, false, true]);
  });
  it("rests on what is proved alone, unless more is accepted", () => {
    const host = new Host();
    host.status = "unverified";
    expect(clientOf(host).isPast(0n)).toBe(false);
    expect(clientOf(host).isFuture(1n << 62n)).toBe(false);
    expect(clientOf(host, { accept: ["proven", "unverified"] }).isPast(0n)).toBe(true);
    host.status = "holdover";
    expect(clientOf(host).isPast(0n)).toBe(true);
  });
  it("a lease is lost by a pause before the question, by a step, and by an agent that is gone", () => {
    const host = new Host();
    const client = clientOf(host, { refreshNs: 1n << 60n });
    const until = AT + host.monotonic + 50n * MS;
    expect(client.leaseHeld(until)).toBe(true);
    host.stepped = MS;
    expect(client.leaseHeld(until)).toBe(false);
    host.stepped = 0n;
    host.monotonic += 50n * MS;
    expect(client.leaseHeld(until)).toBe(false);
    host.monotonic += 60n * MS;
    expect(client.leaseHeld(until + 1_000n * MS)).toBe(false);
  });
});

describe("a commit wait", () => {
  it("is over once the moment is surely past, and not before", async () => {
    const host = new Host();
    host.tick = 10_000n;
    const client = clientOf(host);
    const stamp = (client.now() as { latest: bigint }).latest;
    const waited = await client.commitWait(stamp);
    expect(waited).toMatchObject({ kind: "past", now: { status: "proven" } });
    expect(AT + host.monotonic > stamp).toBe(true);
    expect(client.isPast(stamp)).toBe(true);
  });
  it("is given up at once, however long it still has to sleep, and however long it may", async () => {
    const host = new Host();
    const [aborting, alarms] = [new AbortController(), vi.spyOn(globalThis, "setTimeout")];
    const waiting = clientOf(host).commitWait(1n << 62n, { timeoutMs: Number.POSITIVE_INFINITY, signal: aborting.signal });
    aborting.abort();
    expect(await waiting).toMatchObject({ kind: "aborted", now: { status: "proven" } });
    // A timer of more than 2^31 - 1 ms goes off at once.
    for (const [, ms] of alarms.mock.calls) expect(ms).toBeLessThan(2 ** 31);
    alarms.mockRestore();
  });
  it("gives up, or is given up, with what was known then", async () => {
    const host = new Host();
    const client = clientOf(host);
    expect(await client.commitWait(1n << 62n, { timeoutMs: 20 })).toMatchObject({ kind: "timed_out", now: { status: "proven" } });
    host.unreadable = "torn";
    expect(await clientOf(host).commitWait(0n, { timeoutMs: 5 })).toMatchObject({ kind: "timed_out", now: { reason: "torn" } });
    expect(await client.commitWait(1n << 62n, { signal: AbortSignal.abort() })).toMatchObject({ kind: "aborted" });
  });
});
