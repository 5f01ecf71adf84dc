import { DEFAULT_POLICY } from "@truebound/wire";
import { discoverSources } from "../adapters/discover-files.ts";
import { keptPolicy } from "../adapters/identity-file.ts";
import { type Config, readConfig } from "../config.ts";
import { doubts, effective, type InForce, type Premises } from "../config-view.ts";
import { PolicyInForce } from "../policy/policy-in-force.ts";
import { namesServers, type Source } from "../probe/source.ts";
import { inOwnWords, type Origins, type Settings } from "../settings/layers.ts";

/** `truebound-agent config show --effective`: prints what a run would begin with, returns the exit code. */
export function showConfig({ env, origins }: Settings): number {
  const config = readConfig(env);
  const kept = keptPolicy(config.dataDir);
  const policy = kept === null ? { value: DEFAULT_POLICY, from: "default" } : { value: kept, from: `policy ${kept.version}` };
  const premises: Premises = { config, env, origins, policy, sources: sourcesOf(config, policy, origins) };
  for (const doubt of doubts(premises)) process.stderr.write(`warning: ${inOwnWords(doubt, origins)}\n`);
  process.stdout.write(`${JSON.stringify(effective(premises), null, 2)}\n`);
  return 0;
}

/** As the agent chooses: what it was told, else what the policy names, else what this host uses; the last two beside what is no NTP server. */
function sourcesOf(config: Config, policy: Premises["policy"], origins: Origins): InForce<readonly Source[]> {
  const told = origins.TRUEBOUND_SOURCES?.from ?? "TRUEBOUND_SOURCES";
  const found = namesServers(config.sources) ? { sources: [], from: "" } : discoverSources();
  const value = new PolicyInForce(policy.value, config, found.sources).sources;
  if (namesServers(config.sources)) return { value, from: told };
  const others = policy.value.sources === null ? found.from : policy.from;
  return { value, from: config.sources === null ? others : `${told}, ${others}` };
}
