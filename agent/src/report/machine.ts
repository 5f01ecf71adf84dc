/** What tells a machine from a copy of it; hashes, so that no id leaves the host's own files. null = this machine does not say. */
export interface Machine {
  /** Of /etc/machine-id. */
  readonly machineId: string | null;
  /** Of the id by which the cloud knows the instance. */
  readonly instanceId: string | null;
}

export type Verdict =
  | { readonly kind: "same" }
  /** It is the same as far as was known, and now more is known. */
  | { readonly kind: "learned"; readonly machine: Machine }
  | { readonly kind: "another"; readonly which: "machine id" | "instance id" };

/**
 * Whether an identity was made on this machine. Only what both say can differ: a file that is not there yet, early in a boot,
 * or not there any more, proves nothing, and an identity that was lost for nothing is worse than one that is found out later.
 */
export function judgeMachine(kept: Machine | undefined, found: Machine): Verdict {
  if (kept === undefined) return { kind: "learned", machine: found };
  if (differ(kept.machineId, found.machineId)) return { kind: "another", which: "machine id" };
  if (differ(kept.instanceId, found.instanceId)) return { kind: "another", which: "instance id" };
  const machine = { machineId: kept.machineId ?? found.machineId, instanceId: kept.instanceId ?? found.instanceId };
  return machine.machineId === kept.machineId && machine.instanceId === kept.instanceId ? { kind: "same" } : { kind: "learned", machine };
}

const differ = (a: string | null, b: string | null): boolean => a !== null && b !== null && a !== b;
