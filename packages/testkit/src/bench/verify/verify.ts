import { spawnSync } from "node:child_process";
import { createHash, generateKeyPairSync, sign, verify } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeBigBundle } from "./big-bundle.ts";
import { type BigFleet, batchCount } from "./big-host.ts";
import { withClockAhead } from "./false-clock.ts";

const HOSTS = 23;
const ROOT = fileURLToPath(new URL("../../../../../", import.meta.url));
const VERIFIERS = {
  typescript: [process.execPath, join(ROOT, "bin/truebound.js"), "report", "verify"],
  python: ["python3", join(ROOT, "docs/verify/verify.py")],
} as const;
export type Verifier = keyof typeof VERIFIERS;

/** At least so many batches. */
export const fleetOf = (batches: number, perDelivery: number): BigFleet => ({
  hosts: HOSTS,
  minutes: Math.ceil(batches / HOSTS),
  perDelivery,
});

const MINUTES_OF_REPORT = 5;
/** One each 16 s. */
const READINGS_OF_REPORT = 19;

/** At least so many readings, as hosts send them by `report_interval_s: 300`: each report a delivery of its own, with what led to its readings. */
export const fleetOfReadings = (readings: number): BigFleet => ({
  hosts: HOSTS,
  minutes: MINUTES_OF_REPORT * Math.ceil(readings / READINGS_OF_REPORT / HOSTS),
  perDelivery: 1,
  readings: READINGS_OF_REPORT,
  minutesOfBatch: MINUTES_OF_REPORT,
  exchanges: 1,
});

/** Two verifiers agree with whoever made a bundle though their clock is so wrong. */
export const YEARS_OFF = 20;

export interface VerifyCost {
  readonly verifier: Verifier;
  readonly processorS: number;
  readonly wallS: number;
  /** Of the largest process. */
  readonly peakMb: number;
  readonly holds: boolean;
}

export interface VerifyCosts {
  readonly batches: number;
  readonly readings: number;
  /** Of the verifiers' clock; 0 = it could not be made wrong. */
  readonly yearsOff: number;
  readonly costs: readonly VerifyCost[];
  /** µs for each batch that no verifier of this Node can do without: its share of a signature, and four hashes. */
  readonly floor: { readonly signature: number; readonly hashes: number };
}

/** A bundle is made in a temporary folder, and verified by both, one after the other, with a clock that is wrong. */
export async function measureVerify(fleet: BigFleet, log: (text: string) => void): Promise<VerifyCosts> {
  const folder = mkdtempSync(join(tmpdir(), "truebound-verify-"));
  try {
    const bundle = join(folder, "bundle");
    await makeBigBundle(fleet, bundle, log);
    const verifiers = Object.keys(VERIFIERS) as Verifier[];
    const falsely = withClockAhead(YEARS_OFF);
    const batches = fleet.hosts * batchCount(fleet);
    return {
      batches,
      readings: batches * (fleet.readings ?? 1),
      yearsOff: falsely === null ? 0 : YEARS_OFF,
      costs: verifiers.map((one) => costOf([...(falsely ?? []), ...VERIFIERS[one], bundle], one)),
      floor: floorOf(fleet.perDelivery),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the system says of a command and all its children: seconds of processor, of wall, and MB. */
const RUSAGE = `import resource, subprocess, sys, time
begun = time.monotonic()
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(done, used.ru_utime + used.ru_stime, time.monotonic() - begun, used.ru_maxrss / 1024)`;

function costOf(command: readonly string[], verifier: Verifier): VerifyCost {
  const { stdout, stderr } = spawnSync("python3", ["-c", RUSAGE, ...command], { encoding: "utf8" });
  const [status, processorS, wallS, peakMb] = stdout.trim().split(" ").map(Number);
  if (status === undefined || processorS === undefined || wallS === undefined || peakMb === undefined)
    throw new Error(`Cannot measure the ${verifier} verifier: ${stderr}`);
  return { verifier, processorS, wallS, peakMb, holds: status === 0 };
}

const TRIES = 5_000;
const BODY_BYTES = 400;

function floorOf(perDelivery: number): VerifyCosts["floor"] {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const text = Buffer.alloc(2 * BODY_BYTES, "a");
  const signature = sign(null, text, privateKey);
  const hashed = text.subarray(0, BODY_BYTES);
  return {
    signature: microsOf(() => verify(null, text, publicKey, signature)) / perDelivery,
    // Of the body, the chain and the leaf, and a node of the tree.
    hashes: 4 * microsOf(() => createHash("sha256").update(hashed).digest()),
  };
}

function microsOf(act: () => unknown): number {
  const begun = process.cpuUsage();
  for (let count = 0; count < TRIES; count++) act();
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / TRIES;
}
