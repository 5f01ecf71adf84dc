import { openResponder, ownState, rungs } from "@truebound/agent";
import { measureRuler } from "@truebound/testkit";
import { UNKNOWN_SLEW } from "@truebound/time";

/**
 * The kernel begins to stamp what it receives some time after the first socket asked for that, and ends with the last: a busy
 * machine answers a few requests without. Resolves once it stamps, and keeps it at that until what it gives is called.
 */
export async function keepStamping(): Promise<() => Promise<void>> {
  const ruler = { id: () => 1, slew: () => UNKNOWN_SLEW };
  const state = () => ownState({ guaranteed: null, proven: false }, 16, -24, 0n);
  const limits = { rate: 1e6, burst: 1e6, total: 1e6, remembered: 1 };
  const responder = openResponder({ listen: { address: "127.0.0.1", port: 0 }, isPeer: () => true, state, ruler, limits });
  const basic = rungs().find(({ mode }) => mode === "kernel_basic");
  const rung = (basic as NonNullable<typeof basic>).build();
  while ((await measureRuler(rung, { address: "127.0.0.1", port: responder.port })) === null);
  rung.close();
  return responder.close;
}
