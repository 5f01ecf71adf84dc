import { type CarriedDelivery, chainText, DEFAULT_POLICY, decodeDelivery, genesisText, type SignedRequest } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { sha256 } from "../adapters/identity-file.ts";
import { wantedNext } from "../carrier/carried-state.ts";
import { type Exported, exportLines } from "../carrier/export-spool.ts";
import { type Files, storeOf, tellCrashes } from "../spool/crash-states.fixture.ts";
import { scanFrames } from "../spool/frame.ts";
import { MemoryStore } from "../spool/memory-store.fixture.ts";
import type { Place } from "../spool/place.ts";
import { type ChainPlace, type Reseal, seal } from "../spool/sealed-batch.ts";
import { MARK_NAME } from "../spool/sealed-mark.ts";
import { Spool } from "../spool/spool.ts";
import { UnreadableFile } from "../spool/unreadable-file.ts";
import type { Losses } from "./losses.ts";
import { Outbox, type OutboxPorts } from "./outbox.ts";
import type { HttpAnswer, ServerLink } from "./ports.ts";
import { nextStep } from "./reporter.ts";

const AGENT = "00000000-0000-4000-8000-000000000001";
const genesis = (agent: string, epoch: number) => sha256.hex(genesisText(agent, epoch));

/** A server that keeps the rules of the chain, and can be made to forget or to fail. */
class FakeServer implements ServerLink {
  postSigned(): Promise<HttpAnswer> {
    throw new Error("not asked here");
  }
  stored: { epoch: number; seq: number; body: string; hash: string }[] = [];
  hash = genesis(AGENT, 1);
  epoch = 1;
  /** Where each epoch ended that another one followed. */
  ends: Place[] = [];
  next = 1;
  answers: HttpAnswer[] = [];
  posts = 0;
  delivered: { batches: number; live: string | null }[] = [];
  /** Batches in one delivery. */
  takes = Number.POSITIVE_INFINITY;

  post(): Promise<HttpAnswer> {
    throw new Error("not used");
  }

  async postBatches(request: Omit<SignedRequest, "method" | "targetUri">, body: Uint8Array): Promise<HttpAnswer> {
    this.posts += 1;
    const planned = this.answers.shift();
    if (planned) return planned;
    const sent = decodeDelivery(body);
    if (typeof sent === "string") throw new Error(sent);
    this.delivered.push({ batches: sent.batches.length, live: sent.live && Buffer.from(sent.live).toString() });
    if (sent.batches.length > this.takes) return problem(413, "too_large");
    let [answer, { prev }]: [HttpAnswer | null, { prev: string }] = [null, request];
    for (const [index, bytes] of sent.batches.entries()) {
      answer = this.#take(request.epoch, request.seq + index, prev, bytes);
      if (answer.kind !== "answer" || answer.status !== 200) return answer;
      prev = this.#hash(request.epoch, request.seq + index, prev, bytes);
    }
    expect(prev).toBe(request.head);
    return request.seq === 1 ? this.#tellingEnd(answer as HttpAnswer, request.epoch) : (answer as HttpAnswer);
  }

  #tellingEnd(answer: HttpAnswer, epoch: number): HttpAnswer {
    const before = this.ends.findLast((end) => end.epoch < epoch);
    if (before === undefined || answer.kind !== "answer") return answer;
    const epoch_begun = { epoch, after_epoch: before.epoch, after_seq: before.seq };
    return { ...answer, body: { ...(answer.body as object), epoch_begun } };
  }

  #hash(epoch: number, seq: number, prev: string, bytes: Uint8Array): string {
    const contentDigest = `sha-256=:${sha256.base64(bytes)}:`;
    return sha256.hex(chainText({ agent: AGENT, epoch, seq, prev, contentDigest }));
  }

  #take(epoch: number, seq: number, prev: string, bytes: Uint8Array): HttpAnswer {
    const hash = this.#hash(epoch, seq, prev, bytes);
    const held = this.stored.find((one) => one.epoch === epoch && one.seq === seq);
    if (held) return held.hash === hash ? this.#receipt("duplicate", seq, epoch) : problem(409, "fork");
    if (epoch > this.epoch && seq === 1) this.#begin(epoch);
    if (epoch > this.epoch) return problem(409, "seq_gap", 1, epoch, this.#head);
    if (epoch !== this.epoch || seq > this.next) return problem(409, "seq_gap", this.next, this.epoch, this.#head);
    // Of two that go on from one batch, one is a copy's.
    if (seq < this.next || prev !== this.hash) return problem(409, "fork");
    this.hash = hash;
    this.next += 1;
    this.stored.push({ epoch, seq, body: Buffer.from(bytes).toString(), hash });
    return this.#receipt("stored", seq, epoch);
  }

  #begin(epoch: number): void {
    this.ends.push({ epoch: this.epoch, seq: this.next - 1 });
    [this.epoch, this.next, this.hash] = [epoch, 1, genesis(AGENT, epoch)];
  }

  get #head() {
    return this.next > 1 ? { epoch: this.epoch, seq: this.next - 1, hash: this.hash } : undefined;
  }

  #receipt(verdict: string, seq: number, epoch: number): HttpAnswer {
    const { hash = "" } = this.stored.find((one) => one.epoch === epoch && one.seq === seq) ?? {};
    return answer(200, {
      version: 1,
      verdict,
      seq,
      epoch: this.epoch,
      expected_seq: this.next,
      ...(this.hash === hash ? {} : { chain_head: this.#head }),
      checkpointed_seq: null,
      statement: { hash, received_at_ns: "0", signature: "s".repeat(86) },
      server_time_ns: "0",
      server_uncertainty_ns: null,
      tls_pins: [],
      policy: DEFAULT_POLICY,
    });
  }
}

const answer = (status: number, body: unknown): HttpAnswer => ({ kind: "answer", status, body, retryAfterSeconds: null });
const problem = (status: number, code: string, expected_seq?: number, expected_epoch?: number, chain_head?: object): HttpAnswer =>
  answer(status, {
    type: `urn:truebound:problem:${code}`,
    title: code,
    status,
    detail: "because",
    code,
    ...(expected_seq === undefined ? {} : { expected_seq }),
    ...(expected_epoch === undefined ? {} : { expected_epoch }),
    ...(chain_head === undefined ? {} : { chain_head }),
  });

function outboxOn(
  server: FakeServer,
  store = new MemoryStore(),
  epoch = 1,
  onBackOff: () => void = () => undefined,
  more: Partial<OutboxPorts> = {},
  losses?: Losses,
) {
  const logged: string[] = [];
  const waits: number[] = [];
  const epochs: number[] = [];
  let refusing = false;
  const outbox: Outbox = new Outbox(
    { version: 1, agent: AGENT, server: "http://127.0.0.1/", epoch, receiptKey: "", pins: [], ...(losses === undefined ? {} : { losses }) },
    {
      spool: new Spool(store),
      link: server,
      sha256,
      genesis,
      sent: () => "boot 1",
      random: () => 1,
      now: () => 0,
      idle: async () => outbox.stop(),
      backOff: async (seconds) => {
        waits.push(seconds);
        onBackOff();
      },
      onPolicy: () => undefined,
      onPins: () => undefined,
      onEpoch: (begun) => {
        if (refusing) throw new Error("ENOSPC");
        epochs.push(begun);
      },
      onLosses: () => undefined,
      onLost: () => undefined,
      log: (_, message) => logged.push(message),
      ...more,
    },
  );
  return { outbox, store, logged, waits, epochs, refuseEpochs: () => (refusing = true) };
}

const bodies = (server: FakeServer) => server.stored.map(({ body }) => body);
const put = (outbox: Outbox, ...texts: string[]) => texts.map((text) => outbox.put(Buffer.from(text)));

const PIN = "p".repeat(43);

describe("the outbox", () => {
  it("sends what was put, in order, once", async () => {
    const server = new FakeServer();
    const { outbox } = outboxOn(server);
    put(outbox, "a", "b", "c");
    await outbox.run();
    expect(bodies(server)).toEqual(["a", "b", "c"]);
  });
  it("while it is to be silent says what was sealed before, keeps what comes, and says that afterwards", async () => {
    const server = new FakeServer();
    let [isSilent, turns]: [boolean, (() => void)[]] = [true, []];
    const told: string[][] = [];
    const { outbox } = outboxOn(server, new MemoryStore(), 1, () => undefined, {
      isSilent: () => isSilent,
      idle: async () => {
        told.push(bodies(server));
        turns.shift()?.();
      },
    });
    turns = [
      () => put(outbox, "c"),
      () => put(outbox, "d"),
      () => {
        isSilent = false;
        put(outbox, "e");
      },
      () => outbox.stop(),
    ];
    put(outbox, "a", "b");
    await outbox.run();
    expect(told).toEqual([
      ["a", "b"],
      ["a", "b"],
      ["a", "b"],
      ["a", "b", "c", "d", "e"],
    ]);
  });
  it("sends a backlog in few deliveries, and in front of it how the host stands now", async () => {
    const server = new FakeServer();
    const { outbox } = outboxOn(server);
    put(outbox, ...Array.from({ length: 1200 }, (_, index) => `b${index + 1}`));
    await outbox.run();
    expect(server.stored.map(({ seq }) => seq)).toEqual(Array.from({ length: 1200 }, (_, index) => index + 1));
    expect(server.delivered.map(({ batches }) => batches)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 500, 189]);
    expect(server.delivered.map(({ live }) => live)).toEqual([...Array<string>(10).fill("b1200"), null]);
  });
  it("never fills a delivery beyond a mebibyte", async () => {
    const server = new FakeServer();
    const { outbox } = outboxOn(server);
    put(outbox, ...["a", "b", "c", "d"].map((letter) => letter.repeat(300_000)));
    await outbox.run();
    expect(server.delivered.map(({ batches }) => batches)).toEqual([1, 2, 1]);
  });
  it("sends less at once where the server finds it too large, and all of it", async () => {
    const server = new FakeServer();
    server.takes = 3;
    const { outbox, waits } = outboxOn(server);
    put(outbox, ...Array.from({ length: 20 }, (_, index) => `b${index + 1}`));
    await outbox.run();
    expect([server.stored.length, waits]).toEqual([20, []]);
  });
  it("resends the identical batch after a lost answer, backing off", async () => {
    const server = new FakeServer();
    server.answers = [{ kind: "no_answer", reason: "ECONNREFUSED" }, answer(503, null), { kind: "no_answer", reason: "socket hang up" }];
    const { outbox, waits, logged } = outboxOn(server);
    put(outbox, "a");
    await outbox.run();
    expect(bodies(server)).toEqual(["a"]);
    expect(waits).toEqual([1, 2, 4]);
    expect(logged.at(-1)).toBe("the server takes reports again");
  });
  it("asks the server where to go on after a restart", async () => {
    const server = new FakeServer();
    const first = outboxOn(server);
    put(first.outbox, "a", "b");
    await first.outbox.run();
    const second = outboxOn(server, first.store);
    put(second.outbox, "c");
    await second.outbox.run();
    expect(bodies(server)).toEqual(["a", "b", "c"]);
  });
  it("refills a server that lost its newest batches", async () => {
    const server = new FakeServer();
    const { outbox, store } = outboxOn(server);
    put(outbox, "a", "b", "c", "d");
    await outbox.run();
    const kept = server.stored.slice(0, 2);
    [server.stored, server.next] = [kept, 3];
    server.hash = new Spool(store).read(2)?.hash as string;
    const again = outboxOn(server, store);
    await again.outbox.run();
    expect(bodies(server)).toEqual(["a", "b", "c", "d"]);
  });
  it("goes on in a new epoch after its spool was lost", async () => {
    const server = new FakeServer();
    const first = outboxOn(server);
    put(first.outbox, "a", "b");
    await first.outbox.run();
    const second = outboxOn(server, new MemoryStore(), 2);
    put(second.outbox, "c", "d");
    await second.outbox.run();
    expect(server.stored).toMatchObject([{ body: "a" }, { body: "b" }, { epoch: 2, seq: 1, body: "c" }, { epoch: 2, seq: 2, body: "d" }]);
  });
  it("starts one itself when the server wants a batch that is gone, and loses nothing that is left", async () => {
    const server = new FakeServer();
    const { outbox, store, epochs } = outboxOn(server);
    put(outbox, "a", "b", "c");
    const spool = new Spool(store);
    const left = [spool.read(2), spool.read(3)].filter((batch) => batch !== null);
    store.files.clear();
    for (const batch of left) new Spool(store).append(batch);
    const again = outboxOn(server, store);
    await again.outbox.run();
    expect(server.stored).toMatchObject([
      { epoch: 2, seq: 1, body: "b" },
      { epoch: 2, seq: 2, body: "c" },
    ]);
    expect([...epochs, ...again.epochs]).toEqual([2]);
  });
  it("holds batches in memory while the disk refuses, and writes them in order when it heals", async () => {
    const server = new FakeServer();
    const { outbox, store } = outboxOn(server);
    store.failing = "ENOSPC: no space left on device";
    const held = { kind: "held", why: "ENOSPC: no space left on device" };
    expect(put(outbox, "a", "b")).toEqual([held, held]);
    expect(outbox.degraded).toBe(true);
    store.failing = null;
    expect(put(outbox, "c")).toEqual([{ kind: "durable" }]);
    await outbox.run();
    expect(bodies(server)).toEqual(["a", "b", "c"]);
  });
});

describe("an outbox whose disk takes nothing", () => {
  /** Whenever there is nothing to send the next step comes, and after the last one it stops. */
  function full(...steps: ((outbox: Outbox, store: MemoryStore) => void)[]) {
    const server = new FakeServer();
    const posts: number[] = [];
    const idle = async () => {
      posts.push(server.posts);
      const step = steps.shift();
      if (step === undefined) made.outbox.stop();
      else step(made.outbox, made.store);
    };
    const made = outboxOn(server, new MemoryStore(), 1, undefined, { idle });
    put(made.outbox, "a", "b");
    made.store.failing = "ENOSPC: no space left on device";
    put(made.outbox, "c", "d");
    return { server, posts, run: () => made.outbox.run() };
  }

  it("tells how the host stands in front of what is safe, seals nothing, and says each status once", async () => {
    const { server, posts, run } = full(
      () => undefined,
      (outbox) => put(outbox, "e", "f"),
    );
    await run();
    const [first = 0] = posts;
    expect(posts).toEqual([first, first, first + 1]);
    expect(bodies(server)).toEqual(["a", "b"]);
    expect(server.delivered.map(({ live }) => live).slice(-2)).toEqual(["d", "f"]);
  });

  it("sends all in order once it heals, and nothing out of turn any more", async () => {
    const { server, run } = full((outbox, store) => {
      store.failing = null;
      put(outbox, "e");
    });
    await run();
    expect([bodies(server), server.delivered.at(-1)?.live]).toEqual([["a", "b", "c", "d", "e"], null]);
  });

  it("goes on telling it when memory is full too, and nothing of that once it heals", async () => {
    const late = Array.from({ length: 300 }, (_, index) => `b${index + 1}`);
    const { server, run } = full(
      (outbox) => put(outbox, ...late),
      (outbox) => put(outbox, "newest"),
      (outbox, store) => {
        store.failing = null;
        put(outbox, "healed");
      },
    );
    await run();
    const lives = server.delivered.flatMap(({ live }) => live ?? []);
    expect(lives.slice(2, 4)).toEqual(["b300", "newest"]);
    expect([bodies(server).slice(0, 5), bodies(server).at(-1)]).toEqual([["a", "b", "c", "d", "b1"], "healed"]);
    expect([bodies(server).includes("newest"), server.delivered.at(-1)?.live]).toEqual([false, null]);
  });

  it("has nothing to say it in front of before a first batch was safe", async () => {
    const server = new FakeServer();
    const { outbox, store } = outboxOn(server);
    store.failing = "ENOSPC";
    put(outbox, "a");
    await outbox.run();
    expect(server.posts).toBe(0);
  });
});

describe("an outbox whose key the server does not know", () => {
  const refused = problem(401, "bad_signature");
  const withKey = (server: FakeServer, recovers: (tries: number) => boolean) => {
    let tries = 0;
    const onKeyRefused = async () => recovers(++tries);
    const made = outboxOn(server, new MemoryStore(), 1, () => made.waits.length >= 3 && made.outbox.stop(), { onKeyRefused });
    return { ...made, tries: () => tries };
  };

  it("reports on at once when a former key brought the server to know it", async () => {
    const server = new FakeServer();
    server.answers = [refused];
    const { outbox, waits, tries } = withKey(server, () => true);
    put(outbox, "a", "b");
    await outbox.run();
    expect([bodies(server), waits, tries()]).toEqual([["a", "b"], [], 1]);
  });
  it("tries once for each answer and waits five minutes between, where none helps", async () => {
    const server = new FakeServer();
    server.answers = Array.from({ length: 10 }, () => refused);
    const { outbox, waits, tries } = withKey(server, () => false);
    put(outbox, "a");
    await outbox.run();
    expect([waits, tries(), server.posts]).toEqual([[300, 300, 300], 3, 3]);
  });
  it("never hurries where the server agrees on the key again and again and refuses it all the same", async () => {
    const server = new FakeServer();
    server.answers = Array.from({ length: 20 }, () => refused);
    const { outbox, waits, tries } = withKey(server, () => true);
    put(outbox, "a");
    await outbox.run();
    expect([waits, tries(), server.posts]).toEqual([[300, 300, 300], 3, 6]);
  });
});

describe("an outbox whose past is not the server's", () => {
  const many = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => `b${from + index}`);

  it("reports on after its spool came back from an older copy: what it seals now goes into an epoch of its own", async () => {
    const server = new FakeServer();
    const { outbox, store } = outboxOn(server);
    put(outbox, ...many(1, 20));
    const copy = new Map(store.files);
    put(outbox, ...many(21, 40));
    await outbox.run();
    const restored = new MemoryStore();
    for (const [name, bytes] of copy) restored.files.set(name, bytes);
    const again = outboxOn(server, restored);
    put(again.outbox, "new1", "new2");
    await again.outbox.run();
    expect(bodies(server)).toEqual([...many(1, 40), "new1", "new2"]);
    expect(again.epochs).toEqual([2]);
  });

  it.each([1, 2, 5, 40])("also when it sealed %d before the first answer, as many as the server has beyond the copy", async (count) => {
    const server = new FakeServer();
    const { outbox, store } = outboxOn(server);
    put(outbox, ...many(1, 10));
    await outbox.run();
    const copy = new Map([...store.files].map(([name, bytes]) => [name, Uint8Array.from(bytes)]));
    const later = outboxOn(server, store);
    put(later.outbox, ...many(11, 10 + count));
    await later.outbox.run();
    const old = new MemoryStore();
    for (const [name, bytes] of copy) old.files.set(name, bytes);
    const back = outboxOn(server, old);
    put(back.outbox, ...Array.from({ length: count }, (_, index) => `own${index}`));
    await back.outbox.run();
    expect(back.waits).toEqual([]);
    expect(bodies(server)).toEqual([...many(1, 10 + count), ...Array.from({ length: count }, (_, index) => `own${index}`)]);
    expect(back.epochs).toEqual([2]);
  });

  it("pauses where the disk refuses the epoch that it needs, and asks no more often", async () => {
    const server = new FakeServer();
    const { outbox, store } = outboxOn(server);
    put(outbox, "a", "b", "c");
    await outbox.run();
    server.epoch = 3;
    const again = outboxOn(server, store, 1, () => again.waits.length >= 3 && again.outbox.stop());
    again.refuseEpochs();
    await again.outbox.run();
    expect(again.waits).toEqual([30, 30, 30]);
  });

  it("goes past an epoch that the server reached without it, and neither loops nor repeats", async () => {
    const server = new FakeServer();
    const { outbox, store } = outboxOn(server);
    put(outbox, "a", "b");
    await outbox.run();
    [server.epoch, server.next, server.hash] = [2, 6, "f".repeat(64)];
    const again = outboxOn(server, store);
    put(again.outbox, "c");
    await again.outbox.run();
    expect(bodies(server)).toEqual(["a", "b", "c"]);
    expect(server.stored.at(-1)).toMatchObject({ epoch: 3, seq: 1 });
    expect(server.posts).toBeLessThan(10);
  });

  it("does not send again what the server has when a damaged batch forces a new epoch", async () => {
    const server = new FakeServer();
    const { outbox, store } = outboxOn(server);
    put(outbox, ...many(1, 30));
    await outbox.run();
    put(outbox, "lost", "kept");
    const spool = new Spool(store);
    const left = Array.from({ length: 30 }, (_, index) => spool.read(index + 1))
      .concat(spool.read(32))
      .filter((batch) => batch !== null);
    store.files.clear();
    for (const batch of left) new Spool(store, { segmentBytes: 1, totalBytes: 1e9 }).append(batch);
    const again = outboxOn(server, store);
    await again.outbox.run();
    expect(bodies(server)).toEqual([...many(1, 30), "kept"]);
  });

  it("delivers what lies before and behind a damaged place, the rest in a new epoch", async () => {
    const server = new FakeServer();
    const { outbox, store } = outboxOn(server);
    const written = many(1, 40);
    put(outbox, ...written);
    const [file] = store.list();
    const bytes = Uint8Array.from(store.read(file?.name as string));
    const place = bytes.length >> 1;
    bytes[place] = (bytes[place] as number) ^ 4;
    store.files.set(file?.name as string, bytes);
    const again = outboxOn(server, store);
    await again.outbox.run();
    const got = bodies(server);
    const lost = written.filter((body) => !got.includes(body));
    expect([lost.length, got]).toEqual([1, written.filter((body) => body !== lost[0])]);
    expect(new Set(server.stored.map(({ epoch }) => epoch))).toEqual(new Set([1, 2]));
    expect(again.outbox.loss).toMatchObject({ droppedBatches: 1, damagedFiles: [] });
  });

  it("asks what the server has where its next batch is gone and no answer has said that, whatever else was answered", async () => {
    const server = new FakeServer();
    const store = new MemoryStore();
    const limits = { segmentBytes: 1, totalBytes: 4_000 };
    const first = outboxOn(server, store, 1, undefined, { spool: new Spool(store, limits) });
    put(first.outbox, ...many(1, 3));
    await first.outbox.run();
    put(first.outbox, ...many(4, 20));
    const lost: number[][] = [];
    const more = { spool: new Spool(store, limits), onLost: (...said: number[]) => lost.push(said) };
    // While it waits the spool drops what it was about to offer.
    const rounds = [many(21, 40), many(41, 60)];
    const again = outboxOn(server, store, 1, () => put(again.outbox, ...(rounds.shift() ?? [])), more);
    server.answers = [{ kind: "no_answer", reason: "cut off" }, problem(400, "bad_digest")];
    await again.outbox.run();
    const kept = bodies(server).slice(3);
    expect([kept.at(-1), new Set(kept).size]).toEqual(["b60", kept.length]);
    expect(lost).toEqual([[57 - kept.length, 57 - kept.length, 0]]);
  });

  it("stays as it is while the disk refuses a new epoch, and tries again", async () => {
    const server = new FakeServer();
    const { outbox, store } = outboxOn(server);
    put(outbox, "a", "b", "c");
    const spool = new Spool(store);
    const left = [spool.read(2), spool.read(3)].filter((batch) => batch !== null);
    store.files.clear();
    for (const batch of left) new Spool(store).append(batch);
    store.failing = "ENOSPC";
    const again = outboxOn(server, store, 1, () => {
      store.failing = null;
    });
    await again.outbox.run();
    expect(bodies(server)).toEqual(["b", "c"]);
    expect(again.logged.some((line) => line.includes("ENOSPC"))).toBe(true);
  });

  /** A server as a backup of it would be. */
  const backupOf = (server: FakeServer) =>
    Object.assign(new FakeServer(), {
      stored: [...server.stored],
      ends: [...server.ends],
      hash: server.hash,
      epoch: server.epoch,
      next: server.next,
    });

  /** A chain of which the middle is damaged, so that it goes on in another epoch; small files. */
  function damaged(server: FakeServer, count: number, missing: number, more: Partial<OutboxPorts> = {}) {
    const limits = { segmentBytes: 1_000, totalBytes: 1e9 };
    const whole = new Spool(new MemoryStore(), limits);
    const first = outboxOn(server, new MemoryStore(), 1, undefined, { spool: whole });
    put(first.outbox, ...many(1, count));
    const store = new MemoryStore();
    const spool = new Spool(store, limits);
    for (let seq = 1; seq <= count; seq++) {
      const batch = whole.read(seq);
      if (batch !== null && seq !== missing) spool.append(batch);
    }
    return { limits, ...outboxOn(server, store, 1, undefined, { spool, ...more }) };
  }

  it("loses nothing and sends nothing twice wherever it is killed while an epoch begins", async () => {
    const wanted = [...many(1, 11), ...many(13, 30)];
    const states: { files: Files; held: FakeServer }[] = [];
    const server = new FakeServer();
    const { outbox, store, limits } = damaged(server, 30, 12);
    tellCrashes(store, (files) => states.push({ files, held: backupOf(server) }));
    await outbox.run();
    expect(bodies(server)).toEqual(wanted);
    expect(states.length).toBeGreaterThan(15);
    for (const { files, held } of states) {
      const crashed = storeOf(files);
      const again = outboxOn(held, crashed, 1, undefined, { spool: new Spool(crashed, limits) });
      put(again.outbox, "b31");
      await again.outbox.run();
      expect(bodies(held)).toEqual([...wanted, "b31"]);
    }
  });

  it("declares what is lost wherever it is killed while an epoch begins", async () => {
    const states: { files: Files; held: FakeServer; losses: Losses | undefined }[] = [];
    const server = new FakeServer();
    let kept: Losses | undefined;
    const keep = (losses: Losses) => {
      states.push({ files: storeOf(store.files).files, held: backupOf(server), losses });
      kept = losses;
    };
    const { outbox, store, limits } = damaged(server, 30, 12, { onEpoch: (_, losses) => keep(losses), onLosses: keep });
    tellCrashes(store, (files) => states.push({ files, held: backupOf(server), losses: kept }));
    await outbox.run();
    for (const { files, held, losses } of states) {
      const crashed = storeOf(files);
      const lost: number[][] = [];
      const more = { spool: new Spool(crashed, limits), onLost: (...said: number[]) => lost.push(said) };
      await outboxOn(held, crashed, 1, undefined, more, losses).outbox.run();
      expect(lost).toEqual([[1, 1, 0]]);
    }
  });

  it("remembers what a torn tail may have been before it is cut off, and says it wherever it is killed", async () => {
    const store = new MemoryStore();
    const server = new FakeServer();
    const first = outboxOn(server, store);
    put(first.outbox, "b1", "b2");
    const mark = Uint8Array.from(store.read(MARK_NAME));
    put(first.outbox, "b3");
    store.files.set(MARK_NAME, mark);
    const [{ name = "" } = {}] = store.list();
    const turned = Uint8Array.from(store.read(name));
    turned[turned.length - 1] = (turned[turned.length - 1] as number) ^ 1;
    store.files.set(name, turned);

    const states: { files: Files; losses: Losses | undefined }[] = [];
    let kept: Losses | undefined;
    const note = () => states.push({ files: storeOf(store.files).files, losses: kept });
    const remember = (losses: Losses) => {
      note();
      kept = losses;
      note();
    };
    const truncate = store.truncate.bind(store);
    store.truncate = (file, bytes) => {
      truncate(file, bytes);
      note();
    };
    put(outboxOn(server, store, 1, undefined, { onLosses: remember }).outbox, "b4");
    expect(kept).toEqual({ epoch: 0, count: 0, total: 1, told: 0, doubtful: 1 });
    expect(states).toHaveLength(3);
    for (const { files, losses } of states) {
      const said: number[][] = [];
      const again = outboxOn(new FakeServer(), storeOf(files), 1, undefined, { onLost: (...one: number[]) => said.push(one) }, losses);
      put(again.outbox, "b4");
      const twice = losses !== undefined && scanFrames(files.get(name) ?? new Uint8Array()).soundBytes < (files.get(name)?.length ?? 0);
      expect(said).toEqual([twice ? [2, 2, 2] : [1, 1, 1]]);
    }
  });

  it("seals nothing while what a torn tail may have been cannot be remembered", () => {
    const store = new MemoryStore();
    put(outboxOn(new FakeServer(), store).outbox, "b1");
    const [{ name = "" } = {}] = store.list();
    store.files.set(name, Buffer.concat([store.read(name), Buffer.from([0, 0, 1, 0, 7])]));
    let isFull = true;
    const onLosses = () => {
      if (isFull) throw new Error("ENOSPC");
    };
    const { outbox } = outboxOn(new FakeServer(), store, 1, undefined, { onLosses });
    expect([...put(outbox, "b2"), store.aside]).toEqual([{ kind: "held", why: "ENOSPC" }, []]);
    isFull = false;
    expect([...put(outbox, "b3"), store.aside.length]).toEqual([{ kind: "durable" }, 1]);
    expect(new Spool(store).last?.seq).toBe(3);
  });

  it("declares a loss at each start until the server has the report that says it, and then no more", async () => {
    const server = new FakeServer();
    let kept: Losses | undefined;
    const lost: number[][] = [];
    const ports = {
      onEpoch: (_: number, losses: Losses) => (kept = losses),
      onLosses: (losses: Losses) => (kept = losses),
      onLost: (...said: number[]) => lost.push(said),
    };
    const { outbox, store, limits } = damaged(server, 30, 12, ports);
    await outbox.run();
    const start = () => outboxOn(server, store, 2, undefined, { ...ports, spool: new Spool(store, limits) }, kept).outbox;
    await start().run();
    const telling = start();
    await telling.flushOnce();
    put(telling, "tells");
    await telling.run();
    await start().run();
    expect(lost).toEqual([
      [1, 1, 0],
      [1, 1, 0],
      [1, 1, 0],
    ]);
    expect(kept).toEqual({ epoch: 2, count: 18, total: 1, told: 1, ends: [{ epoch: 1, seq: 11 }] });
  });

  it("gives a server that was restored each batch once after two epochs and a start", async () => {
    const { server, store } = { server: new FakeServer(), store: new MemoryStore() };
    const { outbox } = outboxOn(server, store);
    put(outbox, ...many(1, 10));
    await outbox.run();
    const spool = new Spool(store);
    const reseal: Reseal = (end, body) => seal({ agent: AGENT, ...end }, body, sha256);
    for (const text of many(11, 30)) spool.append(reseal(spool.last as ChainPlace, Buffer.from(text)));
    spool.carryOver({ epoch: 1, seq: 11 }, { epoch: 2, seq: 0, hash: genesis(AGENT, 2) }, reseal);
    spool.append(reseal(spool.last as ChainPlace, Buffer.from("b31")));
    spool.carryOver({ epoch: 2, seq: 5 }, { epoch: 3, seq: 0, hash: genesis(AGENT, 3) }, reseal);
    const backup = backupOf(server);
    await outboxOn(backup, store).outbox.run();
    expect(bodies(backup)).toEqual(many(1, 31));
  });

  it.each([0, 1, 8, 10, 11, 14])("refills a server that was restored to %d batches, across the epoch that began since", async (kept) => {
    const server = new FakeServer();
    const lost: number[] = [];
    const { outbox, store, limits } = damaged(server, 30, 12, { onLost: (count) => lost.push(count) });
    let backup = backupOf(server);
    const take = server.postBatches.bind(server);
    server.postBatches = async (...args) => {
      const taken = await take(...args);
      if (server.stored.length <= kept) backup = backupOf(server);
      return taken;
    };
    outbox.put(Buffer.from("b31"));
    // One at a time, so that any state of the server can be the backup.
    server.takes = 1;
    await outbox.run();
    const all = [...many(1, 11), ...many(13, 31)];
    expect([bodies(server), lost, backup.stored.length]).toEqual([all, [1], kept]);
    const again = outboxOn(backup, store, 2, undefined, { spool: new Spool(store, limits) });
    put(again.outbox, "b32");
    await again.outbox.run();
    expect([bodies(backup), again.epochs]).toEqual([[...all, "b32"], []]);
  });

  /** Its disk gives nothing of what it has so far, from now on. */
  const losing = (store: MemoryStore) => {
    const gone = new Set(store.list().map(({ name }) => name));
    const read = store.read.bind(store);
    store.read = (name) => {
      if (gone.has(name)) throw new UnreadableFile("EIO");
      return read(name);
    };
  };

  /** One life: whenever all is said the next of these happens, and after the last it ends. */
  const living = (
    server: FakeServer,
    store: MemoryStore,
    acts: ((outbox: Outbox) => void)[],
    more: Partial<OutboxPorts> = {},
    epoch = 1,
    losses?: Losses,
  ) => {
    const idle = async () => {
      const act = acts.shift();
      if (act === undefined) made.outbox.stop();
      else act(made.outbox);
    };
    const made = outboxOn(server, store, epoch, undefined, { ...more, idle }, losses);
    return made;
  };

  /** As its server would be, were it set back to its first batches. */
  const setBack = (server: FakeServer, kept: number) => {
    const stored = server.stored.slice(0, kept);
    Object.assign(server, { stored, hash: stored.at(-1)?.hash ?? genesis(AGENT, 1), epoch: 1, next: kept + 1, ends: [] });
  };

  /** A server that had so many of a whole spool, set back to before a batch that a damaged one no longer has, and the state that it left. */
  async function leaving(count: number) {
    const server = new FakeServer();
    const whole = outboxOn(server);
    put(whole.outbox, ...many(1, count));
    await whole.outbox.run();
    const left = backupOf(server);
    setBack(server, 4);
    return { server, left };
  }

  it.each([
    ["in the same run", false],
    ["in its next run", true],
  ])("gives a server that was set back, and then to a state that it had left, no batch twice, %s", async (_, restarts) => {
    const { server, left } = await leaving(16);
    const made = damaged(server, 30, 12);
    const returns = () => Object.assign(server, left);
    if (restarts) await made.outbox.run().then(returns);
    const acts = [...(restarts ? [] : [returns]), (outbox: Outbox) => put(outbox, "b31")];
    const spool = new Spool(made.store, made.limits);
    const next = living(server, made.store, acts, { spool }, restarts ? 2 : 1);
    await next.outbox.run();
    expect(bodies(server)).toEqual(many(1, 31));
    // And once more, to before all of it.
    setBack(server, 4);
    const last = outboxOn(server, made.store, 3, undefined, { spool: new Spool(made.store, made.limits) });
    await last.outbox.run();
    expect([bodies(server), last.epochs]).toEqual([[...many(1, 11), ...many(13, 31)], []]);
  });

  it.each([
    [9, 1],
    [8, 2],
    [0, 10],
  ])("says what is lost where the server is set back to %d before an epoch begins, of which it had more", async (kept, count) => {
    const server = new FakeServer();
    const store = new MemoryStore();
    const lost: number[][] = [];
    const take = server.postBatches.bind(server);
    const breaks = (outbox: Outbox) => {
      put(outbox, "b10");
      losing(store);
      // As soon as the epoch has begun, before the server hears of it.
      server.postBatches = async (...args) => {
        server.postBatches = take;
        setBack(server, kept);
        return take(...args);
      };
    };
    const acts = ["b11", "b12"].map((text) => (outbox: Outbox) => put(outbox, text));
    const { outbox, epochs } = living(server, store, [breaks, ...acts], { onLost: (...said) => lost.push(said) });
    put(outbox, ...many(1, 9));
    await outbox.run();
    expect([epochs, bodies(server).slice(kept)]).toEqual([[2], ["b11", "b12"]]);
    expect(lost.at(-1)?.[1]).toBe(count);
  });

  /** What a disk remembers of losses, and what is said of them. */
  function remembering() {
    const book: { kept: Losses | undefined } = { kept: undefined };
    const lost: number[][] = [];
    const keep = (losses: Losses) => {
      book.kept = losses;
    };
    const ports = {
      onEpoch: (_: number, losses: Losses) => keep(losses),
      onLosses: keep,
      onLost: (...said: number[]) => void lost.push(said),
    };
    return { book, lost, ports };
  }

  /** Its tenth batch is put, and lost with all that is before it. */
  const losesTen = (store: MemoryStore) => (outbox: Outbox) => {
    put(outbox, "b10");
    losing(store);
  };

  it("says it also where it is killed before it hears where the server's chain had ended", async () => {
    const server = new FakeServer();
    const store = new MemoryStore();
    const { book, lost, ports } = remembering();
    const take = server.postBatches.bind(server);
    const acts = [
      losesTen(store),
      (outbox: Outbox) => {
        setBack(server, 7);
        put(outbox, "b11");
        server.postBatches = async (...args) => {
          await take(...args);
          outbox.stop();
          return { kind: "no_answer", reason: "cut" };
        };
      },
    ];
    const first = living(server, store, acts, ports);
    put(first.outbox, ...many(1, 9));
    await first.outbox.run();
    server.postBatches = take;
    const again = living(server, store, [(outbox) => put(outbox, "b13")], ports, 2, book.kept);
    put(again.outbox, "b12");
    await again.outbox.run();
    expect([bodies(server).slice(7), lost.at(-1)?.[1], book.kept?.unsettled]).toEqual([["b11", "b12", "b13"], 3, undefined]);
    const posts = server.posts;
    await outboxOn(server, store, 2, undefined, ports, book.kept).outbox.run();
    expect(server.posts).toBe(posts + 1);
  });

  it("says what is lost where the server is set back to before an epoch that it had taken up, of which no more is here than that", async () => {
    const server = new FakeServer();
    const store = new MemoryStore();
    const { book, lost, ports } = remembering();
    const acts = [
      losesTen(store),
      (outbox: Outbox) => put(outbox, "b11"),
      // The epoch was taken up, and the server said where it began; now it is set back to before that.
      (outbox: Outbox) => {
        setBack(server, 7);
        put(outbox, "b12");
      },
      (outbox: Outbox) => put(outbox, "b13"),
    ];
    const { outbox } = living(server, store, acts, ports);
    put(outbox, ...many(1, 9));
    await outbox.run();
    // The one that was gone when the epoch began, and two of those before.
    expect([bodies(server).slice(7), lost.at(-1)?.[1], book.kept?.epoch]).toEqual([["b11", "b12", "b13"], 3, 2]);
    expect(book.kept?.ends).toEqual([{ epoch: 1, seq: 7 }]);
  });

  it.each([
    ["before it has heard of the next epoch", false],
    ["after that", true],
  ])("declares nothing lost that a server, set to a state that it had left, has under former numbers, %s", async (_, hears) => {
    const { server, left } = await leaving(30);
    const lost: number[][] = [];
    const made = damaged(server, 30, 12);
    await made.outbox.run();
    const returns = () => Object.assign(server, left);
    const acts = [
      (outbox: Outbox) => {
        put(outbox, "b31");
        const gone = made.store.list().at(-1)?.name;
        const read = made.store.read.bind(made.store);
        made.store.read = (name) => {
          if (name === gone) throw new UnreadableFile("EIO");
          return read(name);
        };
      },
      (outbox: Outbox) => {
        if (!hears) returns();
        put(outbox, "b32");
      },
      (outbox: Outbox) => {
        if (hears) returns();
        put(outbox, "b33");
      },
      (outbox: Outbox) => put(outbox, "b34"),
    ];
    // A file for each that is new.
    const spool = new Spool(made.store, { ...made.limits, segmentBytes: 1 });
    const more = { spool, onLost: (...said: number[]) => lost.push(said) };
    const next = living(server, made.store, acts, more, 2);
    await next.outbox.run();
    expect([next.epochs, bodies(server)]).toEqual([[3], [...many(1, 30), "b32", "b33", "b34"]]);
    expect(lost).toEqual([[1, 1, 0]]);
  });

  it("fills what lies before an epoch that began with nothing, where the server is set back before the first of it comes", async () => {
    const server = new FakeServer();
    const { outbox, store } = outboxOn(server);
    put(outbox, ...many(1, 10));
    await outbox.run();
    const copied = new MemoryStore();
    for (const [name, bytes] of store.files) copied.files.set(name, Uint8Array.from(bytes));
    const since = outboxOn(server, store);
    put(since.outbox, "gone with the folder");
    await since.outbox.run();
    const acts = [
      (back: Outbox) => {
        setBack(server, 4);
        put(back, "b11");
      },
    ];
    const back = living(server, copied, acts);
    await back.outbox.run();
    expect([back.epochs, bodies(server)]).toEqual([[2], many(1, 11)]);
  });

  it("says what is lost of an epoch of which nothing is here, where one between is filled before the present one begins", async () => {
    const server = new FakeServer();
    const store = new MemoryStore();
    const spool = new Spool(store, { segmentBytes: 1, totalBytes: 1e9 });
    const lost: number[][] = [];
    const gone = new Set<string>();
    const read = store.read.bind(store);
    store.read = (name) => {
      if (gone.has(name)) throw new UnreadableFile("EIO");
      return read(name);
    };
    const loses = (text: string) => (outbox: Outbox) => {
      put(outbox, text);
      gone.add(store.list().at(-1)?.name ?? "");
    };
    const acts = [
      loses("b10"),
      (outbox: Outbox) => put(outbox, "b11", "b12"),
      loses("b13"),
      (outbox: Outbox) => put(outbox, "b14"),
      (outbox: Outbox) => {
        // All before the second epoch was checkpointed long ago.
        spool.checkpoint(9, 1);
        setBack(server, 7);
        put(outbox, "b15");
      },
      (outbox: Outbox) => put(outbox, "b16"),
    ];
    const { outbox, epochs } = living(server, store, acts, { spool, onLost: (...said) => lost.push(said) });
    put(outbox, ...many(1, 9));
    await outbox.run();
    expect([epochs, bodies(server).slice(7)]).toEqual([
      [2, 3],
      ["b11", "b12", "b14", "b15", "b16"],
    ]);
    expect(lost.at(-1)?.[1]).toBe(4);
  });

  it.each([0, 3])("gives once what a copy of it gave before, which had written %d of its own", async (own) => {
    const server = new FakeServer();
    const store = new MemoryStore();
    const itsOwn = many(1, own).map((text) => `copy ${text}`);
    const take = server.postBatches.bind(server);
    const copies = (outbox: Outbox) => {
      put(outbox, ...many(8, 12));
      const copied = new MemoryStore();
      for (const [name, bytes] of store.files) copied.files.set(name, Uint8Array.from(bytes));
      server.postBatches = async (...args) => {
        server.postBatches = take;
        const copy = outboxOn(server, copied);
        put(copy.outbox, ...itsOwn);
        await copy.outbox.run();
        return take(...args);
      };
      put(outbox, "b13");
      server.takes = 1;
    };
    const { outbox, logged, epochs } = living(server, store, [copies, (outbox) => put(outbox, "b14")]);
    put(outbox, ...many(1, 7));
    await outbox.run();
    expect(bodies(server)).toEqual([...many(1, 12), ...itsOwn, "b13", "b14"]);
    expect([epochs, logged.some((line) => line.includes("fork"))]).toEqual([own > 0 ? [2] : [], own > 0]);
  });

  it("asks with the newest that is whole where damage took the end of its newest file after the start", async () => {
    const server = new FakeServer();
    const store = new MemoryStore();
    const filled = outboxOn(new FakeServer(), store);
    put(filled.outbox, ...many(1, 10));
    const { outbox, epochs } = outboxOn(server, store);
    const [{ name = "" } = {}] = store.list();
    const turned = Uint8Array.from(store.read(name));
    turned[turned.length - 1] = (turned[turned.length - 1] as number) ^ 1;
    store.files.set(name, turned);
    await outbox.run();
    expect([bodies(server), epochs]).toEqual([many(1, 9), [2]]);
  });

  it("makes no haste while the disk will not remember what may be lost before the epoch that it needs", async () => {
    const server = new FakeServer();
    const { outbox, store } = outboxOn(server);
    put(outbox, "b1", "b2");
    const mark = Uint8Array.from(store.read(MARK_NAME));
    put(outbox, "b3");
    const [{ name = "" } = {}] = store.list();
    const turned = Uint8Array.from(store.read(name));
    turned[turned.length - 1] = (turned[turned.length - 1] as number) ^ 1;
    put(outbox, ...many(4, 10));
    await outbox.run();
    store.files.set(name, turned);
    store.files.set(MARK_NAME, mark);
    let refuses = true;
    const onLosses = () => {
      if (refuses) throw new Error("ENOSPC");
    };
    const posts = server.posts;
    const again = outboxOn(server, store, 1, () => (refuses = again.waits.length < 3), { onLosses });
    const take = server.postBatches.bind(server);
    server.postBatches = (...args) => {
      if (server.posts - posts > 20) again.outbox.stop();
      return take(...args);
    };
    await again.outbox.run();
    expect([again.waits, again.epochs, server.posts - posts]).toEqual([[30, 30, 30], [2], 4]);
  });

  it("goes on with an epoch that the disk let begin but not end, before anything new is sealed", async () => {
    const server = new FakeServer();
    const made = damaged(server, 30, 12, {
      backOff: async () => {
        made.store.append = real;
      },
    });
    const real = made.store.append.bind(made.store);
    let room = 2;
    made.store.append = (name, bytes) => {
      if (room-- <= 0) throw new Error("ENOSPC");
      real(name, bytes);
    };
    await made.outbox.run();
    put(made.outbox, "b31");
    await made.outbox.flushOnce();
    expect(bodies(server)).toEqual([...many(1, 11), ...many(13, 31)]);
    expect(made.logged.filter((line) => line.includes("ENOSPC"))).toHaveLength(1);
  });

  it("says so when disk and memory are both full, and keeps what it has in order", async () => {
    const server = new FakeServer();
    const { outbox, store } = outboxOn(server);
    store.failing = "ENOSPC";
    const kinds = put(outbox, ...many(1, 260)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "held")).toHaveLength(256);
    expect(kinds.slice(256)).toEqual(["dropped", "dropped", "dropped", "dropped"]);
    store.failing = null;
    await outbox.run();
    expect(bodies(server)).toEqual(many(1, 256));
  });
});

describe("what to do about an answer", () => {
  const said = {
    statement: { hash: "0".repeat(64), received_at_ns: "0", signature: "s".repeat(86) },
    server_time_ns: "0",
    server_uncertainty_ns: null,
    tls_pins: [],
  };
  const good = { version: 1, verdict: "stored", seq: 4, epoch: 1, expected_seq: 5, checkpointed_seq: 2, ...said };
  const table: [string, HttpAnswer, object][] = [
    ["stored", answer(200, { ...good, policy: DEFAULT_POLICY }), { do: "go_on", expected: 5, checkpointed: 2 }],
    ["stored with a policy that makes no sense", answer(200, { ...good, policy: { faults: "many" } }), { do: "go_on", expected: 5 }],
    ["not our receipt", answer(200, { hello: 1 }), { do: "wait" }],
    ["nobody there", { kind: "no_answer", reason: "ECONNREFUSED" }, { do: "wait", why: "ECONNREFUSED" }],
    ["overloaded, says when", { ...answer(503, null), retryAfterSeconds: 7 } as HttpAnswer, { do: "wait", seconds: 7 }],
    ["gap", problem(409, "seq_gap", 3), { do: "rewind", expected: 3 }],
    [
      "fork",
      problem(409, "fork"),
      { do: "needs_operator", why: expect.stringMatching(/^fork: because; .*set back.*truebound-agent unenroll, then enroll$/) },
    ],
    ["unknown agent", problem(401, "unknown_agent"), { do: "needs_operator" }],
    ["a key that it does not know", problem(401, "bad_signature"), { do: "prove_key", seconds: 300, why: "bad_signature: because" }],
    ["revoked", problem(403, "revoked"), { do: "needs_operator", why: "revoked: because" }],
    ["waiting, or suspended", problem(403, "suspended"), { do: "needs_operator", why: "because", tlsPins: null }],
    [
      "waiting, while the server is about to change its TLS key",
      answer(403, { type: "x", title: "x", status: 403, detail: "because", code: "suspended", tls_pins: [PIN] }),
      { do: "needs_operator", tlsPins: [PIN] },
    ],
    ["a stranger's 401", answer(401, "<html>"), { do: "wait", why: "HTTP 401" }],
  ];
  it.each(table)("%s", (_, given, expected) => expect(nextStep(given, 0, 0.5)).toMatchObject(expected));
  it("waits longer with each failure, up to five minutes, never less than half a second", () => {
    const lost: HttpAnswer = { kind: "no_answer", reason: "x" };
    expect([0, 3, 20, 1000].map((attempt) => nextStep(lost, attempt, 1))).toMatchObject([
      { seconds: 1 },
      { seconds: 8 },
      { seconds: 300 },
      { seconds: 300 },
    ]);
    expect(nextStep(lost, 0, 0)).toMatchObject({ seconds: 0.5 });
  });
});

describe("an outbox whose deliveries are carried", () => {
  /** There, past the server's rules, and back: the answers that it would have had on a road. */
  async function carry(store: MemoryStore, server: FakeServer, from = { epoch: 0, seq: 0 }): Promise<HttpAnswer[]> {
    const told: Exported = { deliveries: 0, batches: 0, last: null };
    const signer = { publicKey: "", sign: () => new Uint8Array(64) };
    const parts = { identity: { agent: AGENT }, signer, sha256, serverKeyId: "", count: 1 };
    const lines = [...exportLines(new Spool(store), from, parts, told)].map((line) => JSON.parse(line)) as Partial<CarriedDelivery>[];
    const answers: HttpAnswer[] = [];
    for (const { delivery, body } of lines)
      if (delivery !== undefined)
        answers.push(await server.postBatches({ ...delivery, contentDigest: "" }, Buffer.from(body ?? "", "base64")));
    return answers;
  }
  const hear = (outbox: Outbox, answers: readonly HttpAnswer[]) => {
    for (const one of answers) outbox.hear(one);
  };

  it("goes on in its epoch, whatever was put since, and however often the same is heard", async () => {
    const server = new FakeServer();
    const { outbox, store, epochs } = outboxOn(server);
    put(outbox, "a", "b");
    const answers = await carry(store, server);
    put(outbox, "c");
    hear(outbox, [...answers, ...answers]);
    put(outbox, "d");
    hear(outbox, await carry(store, server, { epoch: 1, seq: 3 }));
    const again = outboxOn(server, store);
    hear(again.outbox, answers);
    expect([epochs, again.epochs, bodies(server)]).toEqual([[], [], ["a", "b", "c", "d"]]);
  });

  it("goes on in an epoch of its own where the server wants what is gone, and then nothing else is missing", async () => {
    const server = new FakeServer();
    const { outbox, store, epochs, logged } = outboxOn(server);
    put(outbox, "a", "b");
    const lost = new MemoryStore();
    for (const [name, bytes] of store.files) lost.files.set(name, bytes);
    store.files.clear();
    const kept = outboxOn(server, lost);
    kept.outbox.put(Buffer.from("c"));
    // As when the oldest found no room: the file of the first two is away.
    const batch = new Spool(lost).read(3, 1);
    const bounded = new MemoryStore();
    new Spool(bounded).append(batch as NonNullable<typeof batch>);
    const late = outboxOn(server, bounded);
    hear(late.outbox, await carry(bounded, server));
    expect(late.epochs).toEqual([2]);
    hear(late.outbox, await carry(bounded, server, { epoch: 1, seq: 1 }));
    expect([bodies(server), late.epochs, epochs, logged]).toEqual([["c"], [2], [], []]);
    expect(late.logged.join()).toContain("the server wants a batch that this spool no longer has");
  });

  it("lets go of nothing for answers to batches that this copy of the spool never had", async () => {
    const server = new FakeServer();
    const { outbox, store } = outboxOn(server);
    put(outbox, "a");
    const older = new MemoryStore();
    for (const [name, bytes] of store.files) older.files.set(name, Uint8Array.from(bytes));
    put(outbox, "b", "c", "d");
    const given = (await carry(store, server)).at(-1) as Extract<HttpAnswer, { kind: "answer" }>;
    const answers = [{ ...given, body: { ...(given.body as object), checkpointed_seq: 4 } }];
    for (const since of [["B"], ["B", "C", "D", "E"]]) {
      const copied = new MemoryStore();
      for (const [name, bytes] of older.files) copied.files.set(name, Uint8Array.from(bytes));
      const places: Place[] = [];
      const copy = outboxOn(server, copied, 1, undefined, { onCheckpoint: (place) => places.push(place) });
      put(copy.outbox, ...since);
      hear(copy.outbox, answers);
      expect(places).toEqual([]);
    }
    const places: Place[] = [];
    hear(outboxOn(server, store, 1, undefined, { onCheckpoint: (place) => places.push(place) }).outbox, answers);
    expect(places).toEqual([{ epoch: 1, seq: 4 }]);
  });

  it("goes on in an epoch of its own where the server has more than this copy of the spool", async () => {
    const server = new FakeServer();
    const { outbox, store } = outboxOn(server);
    put(outbox, "a");
    const older = new MemoryStore();
    for (const [name, bytes] of store.files) older.files.set(name, Uint8Array.from(bytes));
    put(outbox, "b", "c", "d");
    const answers = await carry(store, server);
    const copy = outboxOn(server, older);
    put(copy.outbox, "B");
    hear(copy.outbox, answers);
    expect(copy.epochs).toEqual([2]);
    hear(copy.outbox, await carry(older, server, { epoch: 1, seq: 5 }));
    expect([bodies(server), copy.epochs]).toEqual([["a", "b", "c", "d", "B"], [2]]);
  });

  it("gives nothing twice that the server took from an export of before an epoch", async () => {
    const server = new FakeServer();
    const { outbox, store } = outboxOn(server);
    put(outbox, "a", "b", "c", "d", "e", "f");
    const early = (await carry(store, server)).at(-1) as HttpAnswer;
    // The server is set back; of what it then wants only the newer is here.
    const kept = new MemoryStore();
    for (const seq of [4, 5, 6]) new Spool(kept).append(new Spool(store).read(seq, 1) as NonNullable<ReturnType<Spool["read"]>>);
    const back = new FakeServer();
    const since = outboxOn(back, kept);
    hear(since.outbox, await carry(kept, back));
    expect(since.epochs).toEqual([2]);
    // It is set to the state that it had left, and an export of before is answered there.
    hear(since.outbox, [early]);
    put(since.outbox, "g");
    const state = { version: 1, exported: 2, answered: 2, heard: [early as Extract<HttpAnswer, { kind: "answer" }>] } as const;
    const wanted = wantedNext(state);
    const counted = wanted?.head ? new Spool(kept).wentOnAt(wanted.head, (at, body) => seal({ agent: AGENT, ...at }, body, sha256)) : null;
    await carry(kept, server, counted === null ? (wanted ?? undefined) : { epoch: counted.epoch, seq: counted.seq + 1 });
    const last = outboxOn(server, kept);
    await last.outbox.run();
    expect(bodies(server)).toEqual(["a", "b", "c", "d", "e", "f", "g"]);
  });
});
