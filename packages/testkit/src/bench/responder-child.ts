import { openResponder, ownState } from "@truebound/agent";
import { CHRONY_MAX_SLEW } from "@truebound/time";

/** A responder that answers everybody as fast as it can, in a process of its own. */
const limits = { rate: 1e9, burst: 1e9, total: 1e9, remembered: 4_096 };
const state = () => ownState({ guaranteed: { lo: 0n, hi: 0n }, proven: true }, 2, -24, 1n);
/** The slew allowance beside a chronyd as it comes. */
const ruler = { id: () => 7, slew: () => CHRONY_MAX_SLEW };
const responder = openResponder({ listen: { address: "127.0.0.1", port: 0 }, isPeer: () => true, state, ruler, limits });
process.on("message", () => process.send?.(responder.counts()));
process.once("SIGTERM", () => void responder.close().then(() => process.exit(0)));
process.send?.(responder.port);
