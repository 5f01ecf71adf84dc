import { openResponder, ownState } from "@truebound/agent";

/** A responder that answers everybody as fast as it can, in a process of its own. */
const limits = { rate: 1e9, burst: 1e9, total: 1e9, remembered: 4_096 };
const state = () => ownState({ guaranteed: { lo: 0n, hi: 0n }, proven: true }, 2, -24, 1n);
const responder = openResponder({ listen: { address: "127.0.0.1", port: 0 }, isPeer: () => true, state, limits });
process.on("message", () => process.send?.(responder.counts()));
process.once("SIGTERM", () => void responder.close().then(() => process.exit(0)));
process.send?.(responder.port);
