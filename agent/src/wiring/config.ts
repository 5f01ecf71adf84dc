import { DEFAULT_POLICY } from "@truebound/wire";
import { discoverSources } from "../adapters/discover-files.ts";
import { keptPolicy } from "../adapters/identity-file.ts";
import { type Config, readConfig } from "../config.ts";
import { doubts, effective, type InForce, type Premises } from "../config-view.ts";
import { parseSource, type Source } from "../probe/source.ts";
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

/** As the agent chooses: what it was told, else what the policy names, else what this host uses. */
function sourcesOf({ sources }: Config, policy: Premises["policy"], origins: Origins): InForce<readonly Source[]> {
  if (sources !== null) return { value: sources, from: origins.TRUEBOUND_SOURCES?.from ?? "TRUEBOUND_SOURCES" };
  const named = (policy.value.sources ?? []).map((text) => parseSource(text)).filter((source) => typeof source !== "string");
  if (named.length > 0) return { value: named, from: policy.from };
  const found = discoverSources();
  return { value: found.sources, from: found.from };
}
