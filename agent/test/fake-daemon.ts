import type { DaemonSource, DaemonWitness } from "@truebound/agent";

/** A daemon that polls `address` sixteen times a second and whose register the test sets. */
export function daemonAt(address: string, register: () => number): DaemonWitness {
  const source = (): DaemonSource => ({
    mode: "server",
    state: "selected",
    name: address,
    address,
    stratum: 1,
    poll: -4,
    reach: register(),
    lastSampleS: 0,
    offsetNs: 0n,
    errorNs: 0n,
  });
  return {
    everySeconds: 0.1,
    sources: async () => ({ kind: "ok", value: [source()], malformed: [] }),
    tracking: async () => ({ kind: "absent", why: "not asked here" }),
  };
}
