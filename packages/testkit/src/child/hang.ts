import { Watchdog } from "@truebound/agent";

/** A process with a watchdog of a short period: gives signs of life for a while, then blocks its event loop for good. */
const { periodMs, lookMs, aliveMs } = JSON.parse(process.argv[2] ?? "{}") as Record<"periodMs" | "lookMs" | "aliveMs", number>;
const watchdog = new Watchdog((message) => process.stderr.write(`${message}\n`), { periodMs, lookMs });
const since = performance.now();
process.stdout.write("alive\n");
setInterval(() => {
  watchdog.beat();
  if (performance.now() - since < aliveMs) return;
  process.stdout.write("blocked\n");
  for (;;);
}, 20);
