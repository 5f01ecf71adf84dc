import { readdirSync, readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import type { NicSays } from "../card-stamps/nic.ts";
import type { CardPorts } from "../card-stamps/stamping-cards.ts";
import type { Libc } from "./libc.ts";
import * as layout from "./nic-layout.ts";
import { AF_INET, family, ipv6Bytes, SOCK_CLOEXEC, SOCK_DGRAM } from "./socket-layout.ts";

/** Interfaces, and what each says of itself, by calls that need no privilege and change nothing. */
export class NicReader implements Pick<CardPorts, "ask" | "interfaces" | "interfaceOf"> {
  readonly #libc: Libc;
  readonly #data: bigint;
  readonly #view: Uint8Array;

  constructor(libc: Libc) {
    this.#libc = libc;
    this.#data = libc.koffi.alloc("uint8_t", layout.TS_INFO_BYTES) as bigint;
    this.#view = new Uint8Array(libc.koffi.view(this.#data, layout.TS_INFO_BYTES));
  }

  ask(name: string): NicSays {
    const fd = this.#libc.socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return SILENT;
    try {
      return this.#askOver(fd, beneath(name));
    } finally {
      this.#libc.close(fd);
    }
  }

  interfaces(): string[] {
    return Object.keys(interfacesNow());
  }

  interfaceOf(address: string): string | null {
    const having = Object.entries(interfacesNow()).filter(([, all]) => all?.some((one) => isSame(one.address, address)));
    const [first, another] = having;
    return first !== undefined && another === undefined ? first[0] : null;
  }

  #askOver(fd: number, name: string): NicSays {
    const index = layout.ifreq(name, 0n);
    if (index === null) return SILENT;
    return {
      index: this.#libc.ioctl(fd, layout.SIOCGIFINDEX, index) === 0 ? layout.interfaceIndex(index) : null,
      config: this.#filled(fd, layout.SIOCGHWTSTAMP, name, new Uint8Array(layout.HWTSTAMP_CONFIG_BYTES), layout.readConfig),
      clock: this.#filled(fd, layout.SIOCETHTOOL, name, layout.tsInfoRequest(), layout.readTsInfo),
    };
  }

  /** What a call puts where its request's pointer points to; null = it is not answered. */
  #filled<T>(fd: number, call: number, name: string, data: Uint8Array, read: (bytes: Uint8Array) => T): T | null {
    const request = layout.ifreq(name, this.#data);
    this.#view.fill(0);
    this.#view.set(data);
    return request !== null && this.#libc.ioctl(fd, call, request) === 0 ? read(this.#view) : null;
  }
}

/** None where a sandbox forbids to list them. */
function interfacesNow(): ReturnType<typeof networkInterfaces> {
  try {
    return networkInterfaces();
  } catch {
    return {};
  }
}

const SILENT: NicSays = { index: null, config: null, clock: null };

/** However they are written: a zone is not part of it. */
const isSame = (one: string, other: string): boolean =>
  family(one) === family(other) &&
  (family(one) === AF_INET ? one === other : ipv6Bytes(one).every((byte, at) => byte === ipv6Bytes(other)[at]));

const NETWORK = "/sys/class/net";
const MOST_VLANS = 4;

/** A VLAN's packets are stamped by the card under it, which names itself beside each stamp. Anything else stands for itself. */
function beneath(name: string): string {
  let at = name;
  for (let depth = 0; depth < MOST_VLANS; depth++) {
    const under = vlanOver(at);
    if (under === null) break;
    at = under;
  }
  return at;
}

function vlanOver(name: string): string | null {
  try {
    if (!/^DEVTYPE=vlan$/m.test(readFileSync(`${NETWORK}/${name}/uevent`, "latin1"))) return null;
    const lower = readdirSync(`${NETWORK}/${name}`).filter((entry) => entry.startsWith("lower_"));
    return lower.length === 1 ? (lower[0] as string).slice("lower_".length) : null;
  } catch {
    return null; // no sysfs here: then it is asked itself
  }
}
