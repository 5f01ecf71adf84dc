import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { end, endWithUs } from "./children.ts";

const FOLDERS = ["/usr/bin", "/usr/local/bin"];
const find = (program: string): string | null => FOLDERS.map((folder) => join(folder, program)).find((path) => existsSync(path)) ?? null;

export const promtoolPath = (): string | null => find("promtool");
export const prometheusPath = (): string | null => find("prometheus");

/** Runs promtool; what it said where it found fault, else null. */
export function promtool(args: readonly string[], input = ""): string | null {
  const done = spawnSync(promtoolPath() ?? "promtool", args, { input, encoding: "utf8", timeout: 60_000 });
  return done.status === 0 ? null : `${done.stdout}${done.stderr}${done.error?.message ?? ""}`;
}

/** A TCP port of the loopback that nobody has now. */
export async function freeTcpPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

export interface PrometheusOptions {
  readonly port: number;
  /** host:port of what is scraped, each second. */
  readonly target: string;
  readonly rules: readonly string[];
}

export interface Prometheus {
  readonly url: string;
  readonly log: () => string;
  stop(): Promise<void>;
}

/** The real one, on the loopback, with its data in a folder that goes with it. It keeps exemplars. */
export function startPrometheus({ port, target, rules }: PrometheusOptions): Prometheus {
  const program = prometheusPath();
  if (program === null) throw new Error("Cannot start prometheus: not found");
  const folder = mkdtempSync(join(tmpdir(), "truebound-prometheus-"));
  const config = {
    global: { scrape_interval: "1s", scrape_timeout: "1s", evaluation_interval: "1s" },
    rule_files: rules,
    scrape_configs: [{ job_name: "truebound", static_configs: [{ targets: [target] }] }],
  };
  // JSON is YAML.
  writeFileSync(join(folder, "prometheus.yml"), JSON.stringify(config));
  const args = [
    `--config.file=${join(folder, "prometheus.yml")}`,
    `--storage.tsdb.path=${join(folder, "data")}`,
    `--web.listen-address=127.0.0.1:${port}`,
    "--enable-feature=exemplar-storage",
    "--log.level=warn",
  ];
  const forget = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  const child = endWithUs(spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] }), () => {
    child.kill("SIGKILL");
    forget();
  });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => (log += chunk.toString()));
  return { url: `http://127.0.0.1:${port}`, log: () => log, stop: () => end(child).then(forget) };
}
