import type { AdminHost } from "./ports.ts";
import type { HostChange } from "./requests.ts";

type State = AdminHost["state"];

/** What people may make of a host, and of which states. */
export const HOST_CHANGES: Readonly<Record<HostChange, { readonly from: readonly State[]; readonly state: State }>> = {
  approve: { from: ["pending"], state: "active" },
  // Not one that waits: to resume it would let it in, and nobody ever approved it.
  suspend: { from: ["active"], state: "suspended" },
  resume: { from: ["suspended"], state: "active" },
  revoke: { from: ["pending", "active", "suspended", "retired"], state: "revoked" },
};

const isChange = (word: string): word is HostChange => word in HOST_CHANGES;

export const mayBecome = (state: State): HostChange[] =>
  Object.keys(HOST_CHANGES)
    .filter(isChange)
    .filter((change) => HOST_CHANGES[change].from.includes(state));

/** Null = it can be done. */
export function whyNotChange({ name, state }: Pick<AdminHost, "name" | "state">, to: HostChange): string | null {
  if (HOST_CHANGES[to].from.includes(state)) return null;
  const waits = state === "pending" ? ", and may report nothing until it is approved; revoke refuses it for good" : "";
  return `Cannot ${to} ${name}: it is ${state}${waits}`;
}
