import type { MeshRule } from "@truebound/wire";
import type { HostMesh, HostRecord } from "../fleet/host-record.ts";
import type { MeshHost } from "./mesh.ts";
import { numericAddress } from "./numeric-address.ts";

/** A host's part in the mesh, by its rule and by what it reports. */
export interface Membership {
  readonly id: string;
  readonly name: string;
  readonly rule: MeshRule;
  /** Where others ask it; null = it does not answer, or nobody knows where. */
  readonly answersAt: { readonly address: string; readonly port: number } | null;
  /** Numeric addresses from which it may ask. */
  readonly asksFrom: readonly string[];
  /** Identities of the sources on which its own bound rests. */
  readonly restsOn: readonly string[];
  /** As it is put into the draw. */
  readonly place: MeshHost;
}

/** What the mesh has to know of a host. */
export type HostInMesh = Pick<HostRecord, "id" | "name" | "state" | "labels" | "address" | "mesh">;

/**
 * Null = it has no part. `distrusted` = others contradict what it says: it goes on measuring and being measured, and has no vote in
 * anybody's bound; to leave a vote out never makes a bound false. Who is silent keeps its part: it may be back any moment, and others need no other neighbours till then. */
export function membershipOf(
  { id, name, state, labels, address, mesh }: HostInMesh,
  rule: MeshRule | null,
  distrusted = false,
): Membership | null {
  if (state !== "active" || rule === null) return null;
  const answers = mesh?.answers ?? null;
  const said = answers?.address ?? null;
  const told = said === null ? null : numericAddress(said);
  const at = said === null ? address : told;
  const answersAt = answers === null || at === null ? null : { address: at, port: answers.port };
  const addresses = [...new Set([told, address].filter((one) => one !== null))].sort();
  const remote = addresses.filter((one) => !isLoopback(one));
  return {
    id,
    name,
    rule,
    answersAt,
    asksFrom: remote.length > 0 ? remote : addresses,
    restsOn: distrusted ? [] : restsOn(mesh?.own ?? null),
    place: {
      id,
      domain: at !== null && isLoopback(at) ? `${rule.domain}${ON_LOOPBACK}` : rule.domain,
      zone: rule.spread_by === undefined ? null : (labels[rule.spread_by] ?? null),
      answers: answersAt !== null,
      draw: rule.draw ?? "",
    },
  };
}

/** Who claims no bound that others could contradict has none to vote with. */
const restsOn = (own: HostMesh["own"] | null): string[] =>
  own === null || own.lo_ns === null || own.hi_ns === null ? [] : [...new Set(own.rests_on)].sort();

/** What is at a loopback address is reached by its own machine alone: a domain within the domain. No domain's name has a line end. */
const ON_LOOPBACK = "\nloopback";
const isLoopback = (address: string): boolean => address.startsWith("127.") || address === "::1";
