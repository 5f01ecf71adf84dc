import type { AuditScope } from "@truebound/audit";
import { isInScope, type ScopedHost } from "../scopes.ts";

/** What a list of hosts that must be there and the hosts that are there say of each other. */
export interface InventoryCheck {
  readonly listed: number;
  /** Listed, and no agent reports under this name. */
  readonly missing: readonly string[];
  /** In scope, and not listed. */
  readonly unlisted: readonly string[];
}

/** Names of hosts are the same in any case, with or without the dot at the end; no part of a name stands for the whole of it. */
export const sameName = (name: string): string => name.toLowerCase().replace(/\.$/, "");

/** Where nobody declared a scope, every host is in scope. */
export function compareInventory(
  listed: readonly string[],
  hosts: readonly ScopedHost[],
  scopes: readonly Pick<AuditScope, "hosts">[],
): InventoryCheck {
  const [names, there] = [new Set(listed.map(sameName)), new Set(hosts.map(({ name }) => sameName(name)))];
  const inScope = hosts.filter((host) => scopes.length === 0 || scopes.some((scope) => isInScope(host, scope)));
  return {
    listed: listed.length,
    missing: listed.filter((name) => !there.has(sameName(name))),
    unlisted: inScope.map(({ name }) => name).filter((name) => !names.has(sameName(name))),
  };
}
