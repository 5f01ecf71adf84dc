import { rungs } from "@truebound/agent";
import { measureRuler, type RulerExchange } from "../peers/ruler-exchange.ts";

/** Asks a responder for its ruler so often, from whatever network it is started in, and prints what it was told, and by which cards. */
const { address, port, exchanges } = JSON.parse(process.argv[2] ?? "{}") as Record<"port" | "exchanges", number> & { address: string };
const rung = rungs()
  .find(({ mode }) => mode === "kernel_basic")
  ?.build();
if (rung === undefined) throw new Error("Cannot take the kernel's stamps here: koffi is not there");
const told: RulerExchange[] = [];
for (let turn = 0; turn < exchanges; turn++) {
  const one = await measureRuler(rung, { address, port });
  if (one !== null) told.push(one);
}
const cards = rung.cards?.states() ?? [];
rung.close();
process.stdout.write(JSON.stringify({ told, cards }, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value)));
