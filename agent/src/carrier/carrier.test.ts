import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import {
  CARRIER_URI,
  type CarriedAnswer,
  CarriedDelivery,
  carriedLine,
  type Delivery,
  decodeDelivery,
  genesisText,
  LineCutter,
  LONGEST_CARRIED_LINE,
  type NumberedLine,
  signatureBase,
  validator,
} from "@truebound/wire";
import { describe, expect, it } from "vitest";
import type { Signer } from "../report/ports.ts";
import { MemoryStore } from "../spool/memory-store.fixture.ts";
import { type SealedBatch, type Sha256, seal } from "../spool/sealed-batch.ts";
import { Spool } from "../spool/spool.ts";
import { NOTHING_CARRIED, wantedNext, whyNotHeard } from "./carried-state.ts";
import { type Exported, exportLines } from "./export-spool.ts";
import { AnswerReader } from "./read-answers.ts";

const AGENT = "11111111-2222-4333-8444-555555555555";
const sha256: Sha256 = {
  hex: (text) => createHash("sha256").update(text).digest("hex"),
  base64: (bytes) => createHash("sha256").update(bytes).digest("base64"),
};
const signerOf = (key: KeyObject): Signer => ({ publicKey: "", sign: (text) => sign(null, Buffer.from(text), key) });
const signer = signerOf(generateKeyPairSync("ed25519").privateKey);

/** A spool of one epoch with so many batches, some of which are not there. */
function spoolOf(count: number, missing: readonly number[] = []): Spool {
  const spool = new Spool(new MemoryStore(), { segmentBytes: 2_000, totalBytes: 1e9 });
  let hash = sha256.hex(genesisText(AGENT, 1));
  for (let seq = 0; seq < count; seq++) {
    const batch = seal({ agent: AGENT, epoch: 1, seq, hash }, Buffer.from(`body ${seq + 1}`.padEnd(100)), sha256);
    hash = batch.hash;
    if (!missing.includes(batch.seq)) spool.append(batch);
  }
  return spool;
}

function exported(spool: Spool, from = { epoch: 0, seq: 0 }, count = 1) {
  const told: Exported = { deliveries: 0, batches: 0, last: null };
  const lines = [...exportLines(spool, from, { identity: { agent: AGENT }, signer, sha256, serverKeyId: "key", count }, told)];
  const isDelivery = validator(CarriedDelivery);
  const deliveries = lines.map((line) => JSON.parse(line)).filter((line): line is CarriedDelivery => isDelivery.accepts(line));
  return { told, lines, deliveries };
}

const cut = (text: string, size: number): NumberedLine[] => {
  const cutter = new LineCutter();
  const bytes = Buffer.from(text);
  const lines: NumberedLine[] = [];
  for (let at = 0; at < bytes.length; at += size) lines.push(...cutter.push(bytes.subarray(at, at + size)));
  const last = cutter.end();
  return last === null ? lines : [...lines, last];
};

describe("an export of the spool", () => {
  it("holds every batch once, in deliveries that follow each other and are signed for no road", () => {
    const { told, lines, deliveries } = exported(spoolOf(100));
    expect(told).toMatchObject({ batches: 100, deliveries: 4, last: { epoch: 1, seq: 100 } });
    expect(JSON.parse(lines[0] as string)).toMatchObject({ truebound: "deliveries/1", export: 1, server_key: "key" });
    expect(JSON.parse(lines.at(-1) as string)).toEqual({ end: 4 });
    const bodies = deliveries.flatMap(({ body }) => (decodeDelivery(Buffer.from(body, "base64")) as Delivery).batches);
    expect(bodies.map((body) => Buffer.from(body).toString().trim())).toEqual(
      Array.from({ length: 100 }, (_, index) => `body ${index + 1}`),
    );
    for (const [index, { delivery }] of deliveries.entries()) {
      if (index > 0) expect(delivery.prev).toBe(deliveries[index - 1]?.delivery.head);
      const { content_digest: contentDigest, signature, ...described } = delivery;
      const text = signatureBase({ ...described, contentDigest, method: "POST", targetUri: CARRIER_URI });
      expect(Buffer.from(signer.sign(text)).toString("base64")).toBe(signature);
    }
  });
  it("begins where the server wants to go on, and a delivery never reaches over a gap", () => {
    const { told, deliveries } = exported(spoolOf(20, [9, 10]), { epoch: 1, seq: 5 });
    expect(deliveries.map(({ delivery: { seq } }) => seq)).toEqual([5, 11]);
    expect(told.batches).toBe(14);
    expect(exported(spoolOf(20), { epoch: 1, seq: 21 }).told).toEqual({ deliveries: 0, batches: 0, last: null });
    expect(exported(spoolOf(20), { epoch: 2, seq: 1 }).told.batches).toBe(0);
  });
});

describe("lines of a file", () => {
  it("are the same however they come in pieces, and one that is too long is none", () => {
    const text = `one\n\n${"x".repeat(LONGEST_CARRIED_LINE + 1)}\nlast`;
    const whole = cut(text, 1 << 30);
    expect(whole.map(({ number, text: line }) => [number, line])).toEqual([
      [1, "one"],
      [2, ""],
      [3, null],
      [4, "last"],
    ]);
    for (const size of [4_093, 65_536]) expect(cut(text, size)).toEqual(whole);
    expect(cut("a\nb\n", 1)).toEqual([
      { number: 1, text: "a" },
      { number: 2, text: "b" },
    ]);
  });
  it("keep what is not ASCII", () =>
    expect(JSON.parse(cut(carriedLine({ name: "büro ✓" }), 3)[0]?.text ?? "")).toEqual({ name: "büro ✓" }));
});

describe("answers that came back", () => {
  const receipt = (seq: number) => JSON.stringify({ any: seq });
  const answerTo = ({ delivery }: CarriedDelivery, text = receipt(1), status = 200): CarriedAnswer => ({
    answer: delivery,
    status,
    headers: {},
    text,
  });
  const read = (lines: readonly unknown[], genuine = true) => {
    const reader = new AnswerReader({ agent: AGENT, signers: [signer], isGenuine: () => genuine });
    for (const line of cut(lines.map(carriedLine).join(""), 1_000)) reader.take(line);
    return reader.result;
  };
  const HEAD = { truebound: "answers/1", server_key: "key" };

  it("are those of the latest export among them, in their order", () => {
    const spool = spoolOf(40);
    const [old, late] = [exported(spool).deliveries, exported(spool, undefined, 7).deliveries] as [CarriedDelivery[], CarriedDelivery[]];
    const [first, second] = late as [CarriedDelivery, CarriedDelivery];
    const { answers, isWhole, troubles } = read([
      HEAD,
      answerTo(old[0] as CarriedDelivery),
      answerTo(first, "1"),
      answerTo(second, "2", 409),
      { end: 3 },
    ]);
    expect([isWhole, troubles]).toEqual([true, []]);
    expect(answers).toEqual({
      count: 7,
      heard: [
        { kind: "answer", status: 200, body: 1, retryAfterSeconds: null },
        { kind: "answer", status: 409, body: 2, retryAfterSeconds: null },
      ],
    });
  });
  it("count only to what this host has signed, and by its server's signature", () => {
    const [delivery] = exported(spoolOf(3)).deliveries as [CarriedDelivery];
    const forged = { ...delivery, delivery: { ...delivery.delivery, sent: "carried/9" } };
    expect(read([HEAD, answerTo(forged), { end: 1 }])).toMatchObject({
      answers: null,
      troubles: [{ number: 2, why: expect.stringContaining("not signed") }],
    });
    expect(read([HEAD, answerTo(delivery), { end: 1 }], false)).toMatchObject({
      answers: null,
      troubles: [{ why: expect.stringContaining("server") }],
    });
  });
  it("of other hosts are passed over, damage is named by its line, and a missing end is seen", () => {
    const [delivery] = exported(spoolOf(3)).deliveries as [CarriedDelivery];
    const other = answerTo({ ...delivery, delivery: { ...delivery.delivery, agent: AGENT.replace("1", "9") } });
    expect(read([HEAD, other, answerTo(delivery), { torn: 1 }])).toMatchObject({
      answers: { count: 1 },
      others: 1,
      isWhole: false,
      troubles: [{ number: 4, why: "is no answer of a server" }],
    });
  });
  it("are not whole where a line is away before their end", () => {
    const [delivery] = exported(spoolOf(3)).deliveries as [CarriedDelivery];
    expect(read([HEAD, answerTo(delivery), { end: 2 }])).toMatchObject({ answers: { count: 1 }, isWhole: false, troubles: [] });
  });
  it("say what the server wants next, and old ones are not taken up again", () => {
    const answer = (body: unknown) => ({ kind: "answer", status: 409, body, retryAfterSeconds: null }) as const;
    const problem = { type: "about:blank", title: "seq gap", status: 409, detail: "", code: "seq_gap" };
    const head = { epoch: 1, seq: 4, hash: "a".repeat(64) };
    const gap = answer({ ...problem, expected_epoch: 2, expected_seq: 9 });
    expect(wantedNext(NOTHING_CARRIED)).toBeNull();
    expect(wantedNext({ heard: [gap, answer({ code: "revoked" })] })).toEqual({ epoch: 2, seq: 9, head: null });
    const headed = answer({ ...problem, expected_epoch: 2, expected_seq: 1, chain_head: head });
    expect(wantedNext({ heard: [headed] })).toEqual({ epoch: 2, seq: 1, head });
    expect(wantedNext({ heard: [answer({ ...problem, expected_epoch: -1, expected_seq: "1" })] })).toBeNull();
    const state = { ...NOTHING_CARRIED, exported: 7, answered: 5 };
    expect([5, 6].map((count) => whyNotHeard(state, count))).toEqual([null, null]);
    expect(whyNotHeard(state, 4)).toContain("these are old");
  });
});

describe("what a batch's place is made of", () => {
  it("is not touched by how it is carried", () => {
    const spool = spoolOf(3);
    const [{ delivery }] = exported(spool).deliveries as [CarriedDelivery];
    expect(delivery.head).toBe((spool.read(3, 1) as SealedBatch).hash);
  });
});
