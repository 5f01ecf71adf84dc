import { CARRIER_SCHEME } from "@truebound/wire";
import { type Check, check } from "./check.ts";
import type { DoctorFacts } from "./facts.ts";

/** Where this host reports, and through what. Nobody is asked, so whether that answers only the agent's log tells. */
export function checkRoad({ road: { server, proxy, problem } }: DoctorFacts): Check {
  if (problem !== null) return check("road", "bad", problem, "give the user of the agent a file that it can read");
  if (server === null) return check("road", "ok", "reports to nobody: not enrolled, and no server is set");
  if (server.startsWith(`${CARRIER_SCHEME}:`))
    return check("road", "ok", "reports wait in the spool to be carried: truebound-agent spool export");
  if (proxy === null) return check("road", "ok", `reports to ${server}, which is dialled itself`);
  const shown = proxy.hasCredentials ? "with credentials" : "without credentials";
  return check(
    "road",
    "ok",
    `reports to ${server} through the proxy ${proxy.at} (${proxy.from}), ${shown}; TLS and pins are the server's own`,
  );
}
