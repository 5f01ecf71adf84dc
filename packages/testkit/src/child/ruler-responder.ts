import { openResponder, ownState, type Ruler } from "@truebound/agent";
import { UNKNOWN_SLEW } from "@truebound/time";

/** A responder that tells everybody its ruler, in whatever network it is started: prints its port, and answers until SIGTERM. */
const { address, id } = JSON.parse(process.argv[2] ?? "{}") as { readonly address: string; readonly id: number };
const ruler: Ruler = { id: () => id, slew: () => UNKNOWN_SLEW };
const state = () => ownState({ guaranteed: null, proven: false }, 16, -24, 0n);
const limits = { rate: 1e6, burst: 1e6, total: 1e6, remembered: 16 };
const responder = openResponder({ listen: { address, port: 0 }, isPeer: () => true, state, ruler, limits });
process.once("SIGTERM", () => void responder.close().then(() => process.exit(0)));
process.stdout.write(`${responder.port}\n`);
