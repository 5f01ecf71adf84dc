import { readFileSync } from "node:fs";
import { crc32 } from "node:zlib";
import { expect, it } from "vitest";
import { answer, type Now, unread } from "./answer.ts";
import { readSegment } from "./segment.ts";

/** Every reader is held against the same cases; those in other languages by test/clients.test.ts. */
const VECTORS = JSON.parse(readFileSync(new URL("../../../clients/vectors.fixture.json", import.meta.url), "utf8")) as Record<
  string,
  string
>[];

const whole = (text: string | undefined): bigint | null => (text === undefined || text === "" ? null : BigInt(text));

function saidOf(vector: Record<string, string>): Now {
  const snapshot = readSegment(Buffer.from(vector.segment ?? "", "hex"), crc32);
  if (typeof snapshot === "string") return unread(snapshot);
  const sample = {
    monotonicBefore: whole(vector.monotonic_before) ?? 0n,
    realtime: whole(vector.realtime),
    realtimeResolution: whole(vector.realtime_resolution) ?? 0n,
    boottime: whole(vector.boottime),
    monotonic: whole(vector.monotonic) ?? 0n,
    raw: whole(vector.raw),
  };
  return answer(snapshot, sample, { bootId: vector.boot_id || null, vmMarker: whole(vector.vm_marker) });
}

it.each(VECTORS.map((vector) => [vector.name ?? "", vector] as const))("%s", (_, vector) => {
  const { status, reason, earliest, latest } = saidOf(vector);
  expect({ status, reason: reason ?? "", earliest: earliest?.toString() ?? "", latest: latest?.toString() ?? "" }).toEqual({
    status: vector.status,
    reason: vector.reason,
    earliest: vector.earliest,
    latest: vector.latest,
  });
});
