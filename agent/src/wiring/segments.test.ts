import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { readSegment } from "@truebound/client";
import { NO_CALENDAR, ppb, raw, uncalibrated, utc } from "@truebound/time";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { HostMonitor } from "../bound/host-monitor.ts";
import { Segments } from "./segments.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "truebound-segments-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const reading = {
  rawBefore: raw(1n),
  realtime: utc(5n),
  rawAfter: raw(2n),
  monotonic: 3n,
  boottime: 3n,
  rawEnd: raw(4n),
  boottimeResolution: 1n,
};
const current = { reading, status: "proven", reason: null, offset: { lo: -1n, hi: 1n } };
/** Of a host's monitor what is asked for here. */
const monitor = {
  current,
  ahead: () => ({ drift: uncalibrated(ppb(0n)), slew: ppb(0n), calendar: NO_CALENDAR }),
} as unknown as HostMonitor;

it("an agent that has ended says so, also where somebody asks it for the time while its pages are being closed", () => {
  const segment = join(folder, "segment");
  const segments = new Segments({
    settings: { segment, clockBound: null },
    ruler: "raw",
    bootId: "",
    vmMarker: () => null,
    sender: () => null,
    log: (_, message) => {
      throw new Error(message);
    },
  });
  const says = () => readSegment(readFileSync(segment), crc32);
  segments.publish(monitor, 1);
  expect(says()).toMatchObject({ status: "proven" });
  segments.close();
  segments.publish(monitor, 1);
  expect(says()).toMatchObject({ status: "unknown", reason: "agent_stopped", utc: null });
});
