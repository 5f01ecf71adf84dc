import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";
import { openContent, readOffer } from "@truebound/server";
import { BATCH_DICTIONARY, chainText, decodeDelivery, encodeDelivery, MAX_DELIVERY_BATCHES } from "@truebound/wire";
import type { SeededRandom } from "../../sim/random.ts";
import * as right from "./examples.ts";
import { bentBytes, bentJson } from "./mutate.ts";
import { bytes, type FuzzTarget, unless } from "./target.ts";

const DICTIONARY = Buffer.from(BATCH_DICTIONARY);
/** As an agent sends a batch. */
const batchContent = (batch: unknown): Uint8Array => deflateSync(JSON.stringify(batch) ?? "", { dictionary: DICTIONARY });

const TEXT = new TextEncoder().encode(JSON.stringify(right.BATCH));
const DEFLATED = batchContent(right.BATCH);
const DELIVERIES = [
  encodeDelivery({ batches: [DEFLATED], live: null }),
  encodeDelivery({ batches: [DEFLATED, TEXT, DEFLATED], live: DEFLATED }),
  encodeDelivery({ batches: [new Uint8Array(0)], live: null }),
];
const MOST_TEXT = 64 * 1024;

/** A delivery, from its outermost bytes to the batches in it. */
export const deliveryTargets: readonly FuzzTarget[] = [
  bytes("delivery", DELIVERIES, decodeDelivery, (delivery, input) => {
    if (typeof delivery === "string") return unless(delivery.length > 0, "a refusal without words");
    if (delivery.batches.length === 0 || delivery.batches.length > MAX_DELIVERY_BATCHES) return "a delivery of none, or of too many";
    return unless(Buffer.compare(encodeDelivery(delivery), input) === 0, "a delivery that encodes to other bytes");
  }),
  bytes(
    "content of a batch",
    [DEFLATED, TEXT, batchContent({ ...right.BATCH, software: "a".repeat(200_000) })],
    (input) => openContent(input, MOST_TEXT),
    (opened) => unless(opened.kind !== "open" || opened.bytes.length <= MOST_TEXT, "more text than was asked for"),
  ),
  { name: "delivery taken apart", kind: "bytes", draw: drawDelivery, feed: takeDelivery },
];

/** A bent batch, deflated or not, among sound ones; and now and then all of it is damaged after that. */
function drawDelivery(random: SeededRandom): Uint8Array {
  const batch = bentJson(random, [right.BATCH]);
  const content = random.next() < 0.5 ? batchContent(batch) : Buffer.from(JSON.stringify(batch) ?? "");
  const bent = random.next() < 0.1 ? bentBytes(random, [content]) : content;
  const after = random.next() < 0.3 ? [DEFLATED] : [];
  const whole = encodeDelivery(
    random.next() < 0.2 ? { batches: [DEFLATED, ...after], live: bent } : { batches: [bent, ...after], live: null },
  );
  return random.next() < 0.1 ? bentBytes(random, [whole]) : whole;
}

const sha256 = (data: Uint8Array | string): Uint8Array => createHash("sha256").update(data).digest();
const PLACE = { agent: right.AGENT_ID, epoch: 1, seq: 42, prev: "0".repeat(64) };

/** The hash that an agent would name: of the chain up to the last of these batches. */
const headOf = (batches: readonly Uint8Array[]): string =>
  batches.reduce((prev, batch, index) => {
    const contentDigest = `sha-256=:${Buffer.from(sha256(batch)).toString("base64")}:`;
    return Buffer.from(sha256(chainText({ ...PLACE, seq: PLACE.seq + index, prev, contentDigest }))).toString("hex");
  }, PLACE.prev);

/** Each batch of it has its place, and is read or told of. */
function takeDelivery(input: Uint8Array): string | null {
  const delivery = decodeDelivery(input);
  const head = typeof delivery === "string" ? "" : headOf(delivery.batches);
  const claim = {
    ...PLACE,
    head,
    method: "POST" as const,
    address: null,
    targetUri: "http://127.0.0.1:8125/",
    contentDigest: "",
    sent: "",
    signature: new Uint8Array(64),
    signedBy: new Uint8Array(32),
  };
  const offer = readOffer(claim, input, sha256, openContent);
  if ("refused" in offer)
    return unless(typeof delivery === "string" || offer.refused === "too_large", `${offer.refused} of a sound delivery`);
  const mute = [...offer.links.map(({ content }) => content), ...(offer.live === null ? [] : [offer.live])].find(
    (content) => "faults" in content && content.faults.length === 0,
  );
  if (mute !== undefined) return "a batch that was set aside without a fault";
  return unless(offer.links.at(-1)?.seq === PLACE.seq + offer.links.length - 1, "batches that do not follow each other");
}
