import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GENERATION_PRESENT, vmclockPage } from "./vmclock.fixture.ts";
import { markerInWords, parseVmClock, readMarker, VMCLOCK_BYTES, type VmMarker, vmDisrupted } from "./vmclock.ts";

describe("the page of /dev/vmclock0", () => {
  it("begins with the letters VCLK as they lie in memory", () => {
    expect(new TextDecoder().decode(vmclockPage().subarray(0, 4))).toBe("VCLK");
  });
  it("gives its sequence and its marker", () => {
    expect(parseVmClock(vmclockPage({ sequence: 6, disruption: 2n ** 64n - 1n }))).toEqual({
      kind: "page",
      sequence: 6,
      disruption: 2n ** 64n - 1n,
      generation: null,
    });
  });
  it("counts snapshots only where the flag says so, and only where the page reaches that far", () => {
    const page = vmclockPage({ flags: GENERATION_PRESENT, generation: 41n });
    expect(parseVmClock(page)).toMatchObject({ generation: 41n });
    expect(parseVmClock(page.subarray(0, VMCLOCK_BYTES))).toMatchObject({ generation: 41n });
    expect(parseVmClock(page.subarray(0, 104))).toMatchObject({ generation: null });
    expect(parseVmClock(vmclockPage({ flags: GENERATION_PRESENT, generation: 41n, size: 104 }))).toMatchObject({ generation: null });
    expect(parseVmClock(vmclockPage({ generation: 41n }))).toMatchObject({ generation: null });
  });
  it.each([
    [new Uint8Array(31), "too_short"],
    [vmclockPage({ magic: 0x564c4b43 }), "bad_magic"],
    [vmclockPage({ version: 2 }), "unknown_version"],
  ])("%#: a flaw has its name", (bytes, why) => expect(parseVmClock(bytes)).toEqual({ kind: "flaw", why }));
  it("survives any bytes", () => {
    const headed = fc.uint8Array({ maxLength: 128 }).map((bytes) => {
      const page = vmclockPage().slice(0, bytes.length);
      page.set(bytes.subarray(12), Math.min(12, page.length));
      return page;
    });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 256 }), headed), (bytes) => {
        const page = parseVmClock(bytes);
        return page.kind === "flaw" || page.disruption >= 0n;
      }),
      { numRuns: 2000 },
    );
  });
});

/** Reads that give these pages in turn, the last one for ever; and how many were made. */
function pages(...given: readonly Uint8Array[]) {
  let reads = 0;
  return { read: () => given[Math.min(reads++, given.length - 1)] as Uint8Array, reads: () => reads };
}

describe("reading under the sequence lock", () => {
  const still = (disruption: bigint) => vmclockPage({ sequence: 4, disruption });
  it("takes a page that two reads show alike", () => {
    expect(readMarker(pages(still(9n)).read)).toEqual({ kind: "marker", disruption: 9n, generation: null });
  });
  it("does not take a page that is being written, nor one that was in between", () => {
    const writing = vmclockPage({ sequence: 3, disruption: 8n });
    const after = vmclockPage({ sequence: 6, disruption: 10n });
    expect(readMarker(pages(writing, still(9n), after, after).read)).toMatchObject({ disruption: 10n });
  });
  it("gives up after a bounded number of reads", () => {
    const stuck = pages(vmclockPage({ sequence: 1 }));
    expect(readMarker(stuck.read)).toEqual({ kind: "unreadable", why: "busy" });
    expect(stuck.reads()).toBeLessThanOrEqual(16);
    let sequence = 0;
    const changing = () => {
      sequence += 2;
      return vmclockPage({ sequence });
    };
    expect(readMarker(changing)).toEqual({ kind: "unreadable", why: "busy" });
    expect(sequence).toBeLessThanOrEqual(32);
  });
});

describe("the marker", () => {
  const marker = (disruption: bigint, generation: bigint | null = null): VmMarker => ({ kind: "marker", disruption, generation });
  it("that changes voids what was measured", () => {
    expect(vmDisrupted(marker(1n), marker(2n))).toEqual({
      kind: "vm_disrupted",
      detail: { restored_from_snapshot: null },
      disrupts: "vm_disrupted",
    });
    expect(vmDisrupted(marker(1n, 5n), marker(2n, 5n))).toMatchObject({ detail: { restored_from_snapshot: false } });
    expect(vmDisrupted(marker(1n, 5n), marker(1n, 6n))).toMatchObject({ detail: { restored_from_snapshot: true } });
  });
  it("that stays, appears or cannot be read says nothing", () => {
    const busy: VmMarker = { kind: "unreadable", why: "busy" };
    for (const [before, now] of [
      [marker(1n, 5n), marker(1n, 5n)],
      [marker(1n), marker(1n, 5n)],
      [{ kind: "absent" } as const, marker(1n)],
      [marker(1n), busy],
      [null, marker(1n)],
    ] as const)
      expect(vmDisrupted(before, now)).toBeNull();
  });
  it("that is absent is said to be absent", () => {
    expect([markerInWords({ kind: "absent" }), markerInWords({ kind: "unreadable", why: "denied" }), markerInWords(marker(1n))]).toEqual([
      "absent",
      "unreadable_denied",
      "marker",
    ]);
  });
});
