import { askNtpd } from "@truebound/agent";
import { playBackOff } from "./back-off.ts";
import { startNtpsec } from "./ntpsec.ts";
import { playHarm } from "./scene.ts";

/**
 * Run by its test inside namespaces of its own, where port 123 is free and the clock out of reach:
 *   unshare --user --map-root-user --net sh -c "ip link set lo up && exec node …/main.js harm|back-off"
 * Prints what it saw as one line of JSON.
 */
/** JSON has no integers of any size. */
const printable = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, one: unknown) => (typeof one === "bigint" ? one.toString() : one)));

const SERVER = { address: "127.0.0.1", port: 123 };

const PLAYS: Readonly<Record<string, { limits: readonly string[]; play: () => Promise<unknown> }>> = {
  "back-off": { limits: ["limit average 0.5 burst 5 kod 5"], play: () => playBackOff(SERVER, 14) },
  // What the agent hears of this ntpd by its control messages.
  control: { limits: ["restrict 127.0.0.1"], play: () => askNtpd({ address: SERVER.address, port: SERVER.port }).then(printable) },
  harm: { limits: ["limit average 6 burst 2 kod 20"], play: () => playHarm(SERVER, 12, 30) },
};

const chosen = PLAYS[process.argv[2] ?? ""];
if (chosen === undefined) throw new Error(`Cannot play ${process.argv[2]}: say ${Object.keys(PLAYS).join(" or ")}`);
const ntpd = await startNtpsec(chosen.limits);
try {
  process.stdout.write(`${JSON.stringify(await chosen.play())}\n`);
} finally {
  await ntpd.stop();
}
