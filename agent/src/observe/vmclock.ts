import type { Sighting } from "./ports.ts";

/**
 * The page that a hypervisor shows its guest at /dev/vmclock0 (Linux 6.13; include/uapi/linux/vmclock-abi.h). All fields
 * are little-endian. Bytes: magic 0, size 4, version 8, seq_count 12, disruption_marker 16, flags 24,
 * vm_generation_counter 104. An odd seq_count means that the page is being written.
 */
export interface VmClockPage {
  readonly kind: "page";
  readonly sequence: number;
  /** Takes a value never used before when the counter was disrupted, as by a live migration. */
  readonly disruption: bigint;
  /** Takes a value never used before when the machine was loaded from a snapshot; null where the hypervisor does not count. */
  readonly generation: bigint | null;
}

export type VmClockFlaw = "too_short" | "bad_magic" | "unknown_version";

/** What the marker is right now. `absent`: this machine gives no such signal, and a move of it may not be seen. */
export type VmMarker =
  | { readonly kind: "absent" }
  | { readonly kind: "unreadable"; readonly why: VmClockFlaw | "denied" | "failed" | "busy" }
  | { readonly kind: "marker"; readonly disruption: bigint; readonly generation: bigint | null };

export const VMCLOCK_BYTES = 112;
const SHORTEST = 32;
const MAGIC = 0x4b4c4356;
const VERSION = 1;
const GENERATION_COUNTED = 1n << 8n;
const GENERATION_AT = 104;

export function parseVmClock(bytes: Uint8Array): VmClockPage | { readonly kind: "flaw"; readonly why: VmClockFlaw } {
  if (bytes.length < SHORTEST) return { kind: "flaw", why: "too_short" };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== MAGIC) return { kind: "flaw", why: "bad_magic" };
  if (view.getUint16(8, true) !== VERSION) return { kind: "flaw", why: "unknown_version" };
  const holds = Math.min(view.getUint32(4, true), bytes.length);
  const counted = holds >= GENERATION_AT + 8 && (view.getBigUint64(24, true) & GENERATION_COUNTED) !== 0n;
  return {
    kind: "page",
    sequence: view.getUint32(12, true),
    disruption: view.getBigUint64(16, true),
    generation: counted ? view.getBigUint64(GENERATION_AT, true) : null,
  };
}

const ATTEMPTS = 8;

/** Reads under the page's sequence lock: two whole reads with one even count between them nothing was written. Bounded. */
export function readMarker(read: () => Uint8Array): VmMarker {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const page = parseVmClock(read());
    if (page.kind === "flaw") return { kind: "unreadable", why: page.why };
    if (page.sequence % 2 !== 0) continue;
    const again = parseVmClock(read());
    if (again.kind === "page" && again.sequence === page.sequence)
      return { kind: "marker", disruption: page.disruption, generation: page.generation };
  }
  return { kind: "unreadable", why: "busy" };
}

/** A marker that changed: the machine was moved or restored, the ruler is another one, and holdover across it is void. */
export function vmDisrupted(before: VmMarker | null, now: VmMarker): Sighting | null {
  if (before?.kind !== "marker" || now.kind !== "marker") return null;
  const restored = before.generation !== null && now.generation !== null && before.generation !== now.generation;
  if (before.disruption === now.disruption && !restored) return null;
  return { kind: "vm_disrupted", detail: { restored_from_snapshot: now.generation === null ? null : restored }, disrupts: "vm_disrupted" };
}

export const markerInWords = (marker: VmMarker): string => (marker.kind === "unreadable" ? `unreadable_${marker.why}` : marker.kind);
