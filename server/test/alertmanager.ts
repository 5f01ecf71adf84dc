import { spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "@truebound/testkit";
import { until } from "./until.ts";

const PROGRAM = "/usr/bin/prometheus-alertmanager";
export const noAlertmanager = !existsSync(PROGRAM);

export interface Alertmanager {
  readonly url: string;
  alerts(): Promise<readonly { labels: Record<string, string>; fingerprint: string; startsAt: string; endsAt: string }[]>;
  stop(): Promise<void>;
}

/** The real one from Debian, on a free loopback port, alone, and with a webhook behind it. */
export async function startAlertmanager(folder: string, receiver: string): Promise<Alertmanager> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "alertmanager.yml");
  writeFileSync(file, configuration(receiver));
  const address = `127.0.0.1:${await freePort()}`;
  const args = [
    `--config.file=${file}`,
    `--storage.path=${join(folder, "data")}`,
    `--web.listen-address=${address}`,
    "--cluster.listen-address=",
    "--log.level=error",
  ];
  const child = spawn(PROGRAM, args, { stdio: ["ignore", "ignore", "inherit"] });
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const url = `http://${address}`;
  await until("the Alertmanager", async () => (await fetch(`${url}/-/ready`).catch(() => null))?.ok);
  return {
    url,
    alerts: async () => (await fetch(`${url}/api/v2/alerts`)).json() as ReturnType<Alertmanager["alerts"]>,
    stop: async () => {
      child.kill("SIGTERM");
      await gone;
    },
  };
}

const configuration = (receiver: string): string => `
route:
  receiver: ours
  group_by: ['...']
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 1h
receivers:
  - name: ours
    webhook_configs:
      - url: ${receiver}
        send_resolved: true
`;

/** Taken and given back: nobody else takes it so soon. */
