import { rungs } from "@truebound/agent";
import { contains, halfWidth, midpoint } from "@truebound/time";
import { whyNoPtp4l } from "../harm/enclosure.ts";
import { FollowedPort } from "../ptp/play-ptp-source.ts";
import { GNSS, type PtpRow, startPtpRow } from "../ptp/ptp-row.ts";
import type { BesideChronyd } from "./beside-chronyd.ts";
import { startChronydServerAt } from "./chronyd.ts";
import { runLinkJob } from "./link-runner.ts";
import { ip } from "./namespace.ts";
import { median, quantile } from "./statistics.ts";

/** M10 over many Syncs; µs. Every true offset is zero: one clock stamps at both ends. */
export interface PtpResult {
  readonly looks: number;
  /** Looks that gave no interval, by reason. */
  readonly refused: Readonly<Record<string, number>>;
  readonly missed: number;
  readonly medianError: number;
  readonly p99Error: number;
  readonly medianHalfWidth: number;
  readonly p99HalfWidth: number;
}

export interface PtpBesideNtp {
  readonly ptp: PtpResult;
  /** Over the same pair of cards, in the same seconds. */
  readonly ntp: BesideChronyd;
}

const [SERVER, CLIENT, PORT] = ["10.203.9.1", "10.203.9.2", 11_123];

/** A real ptp4l that follows another one, and NTP between the same two cards, at once. Text = why it cannot be done here. */
export async function measurePtp(seconds: number): Promise<PtpBesideNtp | string> {
  const why = whyNoPtp4l();
  if (why !== null) return why;
  const row = await startPtpRow(2);
  try {
    const [leader, follower] = row.pids as [number, number];
    for (const [pid, address, card] of [[leader, SERVER, "tbdown"] as const, [follower, CLIENT, "tbup"] as const])
      await ip(pid, ["address", "add", `${address}/30`, "dev", card]);
    const inside = (pid: number) => ["nsenter", `--net=/proc/${pid}/ns/net`];
    const server = startChronydServerAt({ address: SERVER, allow: "10.203.9.0/30", port: PORT, inside: inside(leader) });
    try {
      const endpoint = { address: SERVER, port: PORT };
      const [ptp, ntp] = await Promise.all([
        followPort(row, seconds),
        runLinkJob({ kind: "compare", endpoint, seconds }, inside(follower)),
      ]);
      return { ptp, ntp };
    } finally {
      await server.stop();
    }
  } finally {
    await row.close();
  }
}

async function followPort(row: PtpRow, seconds: number): Promise<PtpResult> {
  const rung = rungs().find(({ mode }) => mode === "kernel_basic");
  if (rung === undefined) throw new Error("Cannot follow a port without native code");
  const { clocks, close } = rung.build();
  try {
    const port = new FollowedPort(row, clocks);
    await port.heard();
    await row.set(GNSS);
    return await lookFor(port, seconds);
  } finally {
    close();
  }
}

async function lookFor(port: FollowedPort, seconds: number): Promise<PtpResult> {
  const source = port.sourceWith({});
  const end = performance.now() + seconds * 1000;
  const offsets = [];
  const refused: Record<string, number> = {};
  while (performance.now() < end) {
    const taken = await source.take();
    if (taken.kind === "readings") offsets.push(port.offsetOf(taken.readings[0]));
    else refused[taken.reason] = (refused[taken.reason] ?? 0) + 1;
  }
  const errors = offsets.map((offset) => Math.abs(Number(midpoint(offset))) / 1000);
  const widths = offsets.map((offset) => Number(halfWidth(offset)) / 1000);
  return {
    looks: offsets.length,
    refused,
    missed: offsets.filter((offset) => !contains(offset, 0n)).length,
    medianError: median(errors),
    p99Error: quantile(errors, 0.99),
    medianHalfWidth: median(widths),
    p99HalfWidth: quantile(widths, 0.99),
  };
}
