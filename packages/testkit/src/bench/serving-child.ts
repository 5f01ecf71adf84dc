import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { writeHeapSnapshot } from "node:v8";
import { startServer } from "@truebound/server";
import type { ServingAnswer, ServingQuestion } from "./serving.ts";

const EVERY_MS = 5;
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
const delay = monitorEventLoopDelay({ resolution: EVERY_MS });
delay.enable();

async function answer(question: ServingQuestion): Promise<ServingAnswer[ServingQuestion["ask"]]> {
  if (question.ask === "token") return server.createToken({ labels: {}, uses: question.uses, ttlSeconds: 3600 });
  if (question.ask === "heap") return heapAfterCollection();
  if (question.ask === "snapshot") return writeHeapSnapshot(question.file);
  // What is recorded is the whole time between two runs of the timer.
  const late = (ns: number) => Math.max(0, ns / 1e6 - EVERY_MS);
  const said = { p50: late(delay.percentile(50)), p99: late(delay.percentile(99)), max: late(delay.max) };
  delay.reset();
  return said;
}

function heapAfterCollection(): number {
  if (globalThis.gc === undefined) throw new Error("Cannot collect: the server was not started for it");
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1024 / 1024;
}

process.on("message", (question: ServingQuestion) => void answer(question).then((said) => process.send?.({ said })));
process.once("SIGTERM", () => void server.stop().then(() => process.exit(0)));
process.send?.({ said: { agentsUrl: server.agentsUrl, peopleUrl: server.peopleUrl } });
