import { chooseRung, nonceSource } from "@truebound/agent";
import { utc } from "@truebound/time";
import type { TrueTime } from "../sim/sim-clock.ts";
import { startReferenceServer } from "../udp/reference-server.ts";
import type { ServerAt } from "./cast.ts";

/**
 * NTP servers on port 123, in whatever network this is started: each shows this host's own clock, and is off from it by what its place says.
 * Prints a line once they answer; answers until SIGTERM.
 */
const places = JSON.parse(process.argv[2] ?? "[]") as readonly ServerAt[];
const { rung } = await chooseRung(nonceSource(), { first: "userland_clock" });
const shown = () => rung.clocks.read().realtime;
const startUtc = shown();
const hostsClock: TrueTime = { startUtc, elapsed: () => shown() - startUtc };
for (const { address, offByNs, stratum, code } of places)
  await startReferenceServer({ address, port: 123, truth: hostsClock, error: () => BigInt(offByNs), stratum, code });
process.once("SIGTERM", () => process.exit(0));
process.stdout.write(`${utc(startUtc)}\n`);
