import { block } from "@truebound/time";
import type { HostRecord } from "../fleet/host-record.ts";
import type { HostFacts } from "./host-facts.ts";

/** A value that hosts have in common: a label's, or the network that their reports come from. */
export type GroupValue = string;

/** What grouping by cause asks of the fleet. */
export interface FleetCounts {
  /** Active hosts. */
  readonly size: number;
  sizeOf(value: GroupValue): number;
  /** Hosts that use a source at this address and were heard lately. */
  usersOf(address: string): readonly string[];
}

export const groupValues = ({ labels, address }: Pick<HostRecord, "labels" | "address">): GroupValue[] => [
  ...Object.entries(labels).map(([name, value]) => `${name}=${value}`),
  ...(address === null ? [] : [networkOf(address)]),
];

/** `network=10.1.2.0/24`, `network=2001:db8:1::/48`. */
export const networkOf = (address: string): GroupValue => {
  const plain = address.startsWith("::ffff:") && address.includes(".") ? address.slice(7) : address;
  return plain.includes(":") ? `network=${block(plain)}::/48` : `network=${block(plain)}.0/24`;
};

interface Kept {
  readonly record: HostRecord;
  readonly values: readonly GroupValue[];
  readonly addresses: readonly string[];
}

/** Which hosts carry what and use what, changed host by host. */
export class FleetIndex implements FleetCounts {
  readonly #hosts = new Map<string, Kept>();
  readonly #byValue = new Map<GroupValue, Set<string>>();
  readonly #byAddress = new Map<string, Set<string>>();
  readonly #isHeard: (id: string) => boolean;

  constructor(isHeard: (id: string) => boolean) {
    this.#isHeard = isHeard;
  }

  get size(): number {
    return this.#hosts.size;
  }

  sizeOf(value: GroupValue): number {
    return this.#byValue.get(value)?.size ?? 0;
  }

  usersOf(address: string): string[] {
    return [...(this.#byAddress.get(address) ?? [])].filter(this.#isHeard);
  }

  valuesOf(id: string): readonly GroupValue[] {
    return this.#hosts.get(id)?.values ?? [];
  }

  take({ record }: HostFacts): void {
    const known = this.#hosts.get(record.id);
    const values = known !== undefined && sameGroup(known.record, record) ? known.values : groupValues(record);
    const addresses = addressesOf(record, known);
    this.#hosts.set(record.id, { record, values, addresses });
    if (known?.values !== values) swap(this.#byValue, record.id, known?.values ?? [], values);
    if (known?.addresses !== addresses) swap(this.#byAddress, record.id, known?.addresses ?? [], addresses);
  }

  drop(id: string): void {
    const known = this.#hosts.get(id);
    if (known === undefined) return;
    this.#hosts.delete(id);
    swap(this.#byValue, id, known.values, []);
    swap(this.#byAddress, id, known.addresses, []);
  }
}

const sameGroup = (a: HostRecord, b: HostRecord): boolean =>
  a.address === b.address && (a.labels === b.labels || JSON.stringify(a.labels) === JSON.stringify(b.labels));

/** The list that is kept, where the same are used as before. */
function addressesOf({ sources }: HostRecord, known: Kept | undefined): readonly string[] {
  const found = sources.flatMap(({ address }) => address ?? []);
  const isSame =
    known !== undefined && known.addresses.length === found.length && found.every((one, index) => known.addresses[index] === one);
  return isSame ? known.addresses : found;
}

function swap(index: Map<string, Set<string>>, id: string, before: readonly string[], after: readonly string[]): void {
  for (const key of before) {
    const hosts = index.get(key);
    hosts?.delete(id);
    if (hosts?.size === 0) index.delete(key);
  }
  for (const key of after) {
    const hosts = index.get(key) ?? new Set();
    index.set(key, hosts.add(id));
  }
}
