import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { startServer } from "@truebound/server";

const [databaseUrl = "", folder = "", port = "0", quiet = ""] = process.argv.slice(2);
const tell = (text: string) => void (quiet === "" && process.stderr.write(`${text}\n`));
const server = await startServer({
  databaseUrl,
  httpPort: 0,
  agents: { host: "127.0.0.1", port: Number(port) },
  siteDir: join(folder, "no-page"),
  receiptKeyFile: join(folder, "receipt-key.pem"),
  log: { info: () => {}, warn: tell, error: tell },
});
const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();
process.on("message", ({ uses }: { uses?: number }) => {
  if (uses === undefined) {
    process.send?.(delay.max / 1e6);
    delay.reset();
    return;
  }
  void server.createToken({ labels: {}, uses, ttlSeconds: 3600 }).then((token) => process.send?.(token));
});
process.once("SIGTERM", () => void server.stop().then(() => process.exit(0)));
process.send?.({ agentsUrl: server.agentsUrl, peopleUrl: server.peopleUrl });
