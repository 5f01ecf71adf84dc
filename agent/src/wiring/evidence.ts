import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { Chronyc } from "../adapters/chronyc.ts";
import { gpsdReports } from "../adapters/gpsd-link.ts";
import { loadLibc } from "../adapters/libc.ts";
import { KernelClocks } from "../adapters/os-clock.ts";
import { type GpsdOptions, parseEvidence, type RefclockOptions } from "../evidence/arguments.ts";
import { GpsdEvidence } from "../evidence/gpsd-evidence.ts";
import { isNewSample, refclockInterval, refclockNamed } from "../evidence/refclock-evidence.ts";
import { sayHead, sayLine } from "../evidence/say-line.ts";
import { hintOf } from "../help/help.ts";
import type { EvidenceHead, EvidenceLine } from "../interval-source/evidence-line.ts";
import type { DaemonSource } from "../observe/chronyc.ts";

/** `truebound-agent evidence gpsd|chrony …`: prints evidence until nobody reads it, or it ends. Returns the exit code. */
export async function runEvidence(args: readonly string[]): Promise<number> {
  const options = parseEvidence(args);
  if (typeof options === "string") return complain(`${options}\n${hintOf("evidence")}`, 2);
  // Nobody reads any more: there is nobody to tell.
  process.stdout.on("error", () => process.exit(0));
  try {
    const document = createHash("sha256").update(readFileSync(options.document)).digest("hex");
    return await (options.from === "gpsd" ? carryGpsd(options, document) : carryRefclock(options, document));
  } catch (error) {
    return complain(`Cannot give evidence from ${options.from}: ${(error as Error).message}`, 1);
  }
}

async function carryGpsd(options: GpsdOptions, document: string): Promise<number> {
  const { host, port, by, device } = options;
  const evidence = new GpsdEvidence(options);
  head({ clock: "realtime", document, model: `gpsd ${by} of ${device ?? "any device"}` });
  for await (const report of gpsdReports(host, port)) say(evidence.take(report, performance.now()));
  return complain(`gpsd at ${host}:${port} ended the connection`, 1);
}

const EVERY_MS = 1000;

async function carryRefclock(options: RefclockOptions, document: string): Promise<number> {
  const { libc, why } = loadLibc();
  if (libc === null) return complain(`Cannot read CLOCK_MONOTONIC_RAW: ${why}`, 1);
  const clocks = new KernelClocks(libc);
  const chrony = new Chronyc(options.server ?? {});
  head({ clock: "raw", document, model: `chrony refclock ${options.refclock}` });
  let seen: DaemonSource | null = null;
  for (;;) {
    const before = clocks.read();
    const [first, sources, second] = [await chrony.tracking(), await chrony.sources(), await chrony.tracking()];
    const after = clocks.read();
    const trouble = [first, sources, second].find(({ kind }) => kind !== "ok");
    if (first.kind !== "ok" || sources.kind !== "ok" || second.kind !== "ok")
      return complain(trouble !== undefined && "why" in trouble ? trouble.why : "chronyd does not answer", 1);
    const source = refclockNamed(sources.value, options.refclock);
    if (source === null) return complain(`chronyd has no reference clock ${options.refclock}`, 1);
    if (isNewSample(source, seen)) say(refclockInterval({ before, after, tracking: [first.value, second.value], source }, options));
    seen = source;
    await pause(EVERY_MS);
  }
}

const head = (told: EvidenceHead): void => void process.stdout.write(`${sayHead(told)}\n`);

function say(line: Pick<EvidenceLine, "t" | "lo" | "hi"> | null): void {
  if (line !== null) process.stdout.write(`${sayLine(line)}\n`);
}

function complain(text: string, code: number): number {
  process.stderr.write(`${text}\n`);
  return code;
}
