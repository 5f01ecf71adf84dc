import { arch, cpus, freemem, platform, release, totalmem, uptime } from "node:os";
import { formatUtc, utc } from "@truebound/time";
import { layoutOf } from "../adapters/embedded-postgres/layout.ts";
import { readLogFrom } from "../adapters/embedded-postgres/log-file.ts";
import { readDiagnostics } from "../adapters/postgres/diagnostics-store.ts";
import { openPool } from "../adapters/postgres/pool.ts";
import { VERSION } from "../adapters/software.ts";
import { writeTarGz } from "../adapters/tar-file.ts";
import { wallClock } from "../adapters/wall-clock.ts";
import type { Told } from "../admin/admin.ts";
import type { Config, Environment } from "../config.ts";
import { bundleOf } from "../diagnostics/bundle.ts";
import type { DiagnosticsRequest } from "../diagnostics/diagnostics-request.ts";
import { toldSettings } from "../diagnostics/told-settings.ts";
import { factsWithoutNames, metricsWithoutNames } from "../diagnostics/without-names.ts";
import type { Log } from "../log.ts";
import { viewSystem } from "../query/system.ts";
import type { SystemFacts } from "../system/facts.ts";

export interface DiagnosticsParts {
  readonly config: Config;
  readonly environment: Environment;
  readonly databaseUrl: string | null;
  readonly facts: SystemFacts;
  readonly log: Log;
}

const BILLION = 1_000_000_000n;
const ASK_MS = 10_000;

/** `truebound diagnostics`: looks, and writes one file. What cannot be had is said in its place. */
export async function diagnoseOn(parts: DiagnosticsParts, { out, withNames }: DiagnosticsRequest): Promise<Told> {
  const { config, environment, facts } = parts;
  const now = wallClock();
  const metrics = await metricsOf(config);
  const files = bundleOf({
    about: aboutOf(now),
    settings: toldSettings(environment, withNames),
    doctor: viewSystem(withNames ? facts : factsWithoutNames(facts)),
    database: await databaseOf(parts, withNames),
    metrics: withNames ? metrics : metricsWithoutNames(metrics),
    log: withNames && config.databaseUrl === null ? lastLog(config.dataDir) : null,
    withNames,
  });
  const path = out ?? `truebound-diagnostics-${formatUtc(utc(now)).slice(0, 19).replace(/[-:]/g, "")}Z.tar.gz`;
  try {
    writeTarGz(path, files, now / BILLION);
  } catch (error) {
    const why = error instanceof Error && "code" in error ? String(error.code) : String(error);
    return { code: 1, out: "", err: `Cannot write ${path}: ${why === "EEXIST" ? "it is there already; name another with --out" : why}\n` };
  }
  return { code: 0, out: `${path}\n`, err: `${files[0]?.text ?? ""}` };
}

/** `at` is this machine's own clock, for telling bundles apart and for nothing else. */
const aboutOf = (now: bigint) => ({
  truebound: VERSION,
  node: process.version,
  platform: platform(),
  arch: arch(),
  kernel: release(),
  processors: cpus().length,
  memory_bytes: totalmem(),
  memory_free_bytes: freemem(),
  up_seconds: Math.floor(uptime()),
  at_by_this_clock: formatUtc(utc(now)),
});

async function databaseOf({ databaseUrl, log }: DiagnosticsParts, withNames: boolean): Promise<Record<string, unknown> | string> {
  if (databaseUrl === null) return "no database is named, and none of a Truebound runs here";
  const pool = openPool(databaseUrl, log);
  try {
    return await readDiagnostics(pool);
  } catch (error) {
    return withNames && error instanceof Error ? error.message : "it does not answer, or refuses";
  } finally {
    await pool.end();
  }
}

/** Of the server that runs here: on the loopback where nobody has to sign in. */
async function metricsOf({ people, httpPort }: Config): Promise<string> {
  if (people.signIn) return "# not taken: people sign in on this server; ask /metrics with an API token\n";
  try {
    const answer = await fetch(`http://127.0.0.1:${httpPort}/metrics`, { signal: AbortSignal.timeout(ASK_MS) });
    return answer.ok ? await answer.text() : `# not taken: ${answer.status}\n`;
  } catch {
    return `# not taken: no server answers on port ${httpPort}\n`;
  }
}

function lastLog(dataDir: string): string | null {
  try {
    return readLogFrom(layoutOf(dataDir).log, 0);
  } catch {
    return null;
  }
}
