import { closeSync, openSync } from "node:fs";
import { makeSource, nonceSource, pollOnce, type Rung, refidOf, rungs, SourceProbe } from "@truebound/agent";
import { ppb, uncalibrated } from "@truebound/time";

/**
 * Polls places from which nothing comes, again and again, as a process of its own: in a namespace where the network is as
 * bad as a test wants it. Prints one line of JSON for each rung and place, `troubles` by name.
 */
interface Job {
  readonly places: readonly { readonly name: string; readonly address: string; readonly port: number; readonly polls: number }[];
  readonly polls: number;
  /** Also with no descriptor left. */
  readonly starve: boolean;
}

const job = JSON.parse(process.argv[2] ?? "{}") as Job;
const nonce = nonceSource();

async function pollMany(rung: Rung, { address, port }: Job["places"][number], polls: number): Promise<Record<string, number>> {
  const { precision, uncertainty } = rung.transport;
  const probe = new SourceProbe({
    source: makeSource(address, port, "declared"),
    drift: uncalibrated(ppb(200_000n)),
    sigma: ppb(2000n),
    client: { interleave: false, interleaveAfter: 8 },
    quality: { precision, uncertainty, rootsRoundedUp: false },
    pollSeconds: 16,
    trusted: false,
    refidOf,
  });
  probe.resolved(address);
  for (let turn = 0; turn < polls; turn++) await pollOnce(probe, { clocks: rung.clocks, transport: rung.transport, nonce });
  return Object.fromEntries(probe.troubles);
}

/** Takes all descriptors that are left, then polls. */
async function starved(rung: Rung, place: Job["places"][number], polls: number): Promise<Record<string, number>> {
  const taken: number[] = [];
  try {
    for (;;) taken.push(openSync("/dev/null", "r"));
  } catch {
    // EMFILE: none is left
  }
  try {
    return await pollMany(rung, place, polls);
  } finally {
    for (const fd of taken) closeSync(fd);
  }
}

const print = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

for (const { mode, build } of rungs().filter((one) => one.mode === "kernel_basic" || one.mode === "calibrated_clock")) {
  const rung = build();
  for (const place of job.places) print({ mode, place: place.name, troubles: await pollMany(rung, place, place.polls) });
  const [first] = job.places;
  if (job.starve && first !== undefined) print({ mode, place: "starved", troubles: await starved(rung, first, job.polls) });
  // Once there are descriptors again, all is as before.
  if (job.starve && first !== undefined) print({ mode, place: `${first.name} again`, troubles: await pollMany(rung, first, 10) });
  rung.close();
}
process.exit(0);
