import { networkInterfaces } from "node:os";
import { describe, expect, it } from "vitest";
import { nicStamps } from "../card-stamps/nic.ts";
import { type Libc, loadLibc } from "./libc.ts";
import * as layout from "./nic-layout.ts";
import { NicReader } from "./nic-reader.ts";

const AT = 0x7f00_0000_1000n;

/** A kernel that has these answers for eth0: the words of hwtstamp_config and of ethtool_ts_info; null = EOPNOTSUPP. */
function kernel(config: readonly number[] | null, info: readonly number[] | null) {
  const memory = new ArrayBuffer(64);
  const calls: string[] = [];
  const fill = (argument: Uint8Array, words: readonly number[] | null): number => {
    if (words === null || new DataView(argument.buffer).getBigUint64(16, true) !== AT) return -1;
    new Int32Array(memory).set(words);
    return 0;
  };
  const open = new Set<number>();
  const libc = {
    koffi: { alloc: () => AT, view: () => memory },
    socket: () => {
      open.add(9);
      return 9;
    },
    close: (fd: number) => (open.delete(fd) ? 0 : -1),
    ioctl: (fd: number, request: number, argument: Uint8Array) => {
      const name = Buffer.from(argument.subarray(0, 16)).toString("latin1").replaceAll("\0", "");
      const command = new DataView(memory).getUint32(0, true);
      calls.push(`${fd} ${request.toString(16)} ${name}${request === layout.SIOCETHTOOL ? ` ${command.toString(16)}` : ""}`);
      if (name !== "eth0") return -1;
      if (request === layout.SIOCGHWTSTAMP) return fill(argument, config);
      if (request === layout.SIOCETHTOOL) return fill(argument, info);
      new DataView(argument.buffer).setInt32(16, 4, true);
      return request === layout.SIOCGIFINDEX ? 0 : -1;
    },
  };
  return { reader: new NicReader(libc as unknown as Libc), calls, open };
}

describe("what an interface says of itself", () => {
  it("is asked by three calls that read, over a socket that is closed again", () => {
    const { reader, calls, open } = kernel([0, 1, 1], [0x41, 0x5d, 3, 3, 0, 0, 0, 3, 0, 0, 0]);
    expect(reader.ask("eth0")).toEqual({
      index: 4,
      config: { flags: 0, txType: 1, rxFilter: 1 },
      clock: { stamping: 0x5d, phcIndex: 3, txTypes: 3, rxFilters: 3 },
    });
    expect(calls).toEqual(["9 8933 eth0", "9 89b1 eth0", "9 8946 eth0 41"]);
    expect(open.size).toBe(0);
  });
  it("is nothing where it does not answer, and nothing is left over from the answer before", () => {
    const { reader } = kernel(null, null);
    expect(reader.ask("eth0")).toEqual({ index: 4, config: null, clock: null });
    expect(reader.ask("eth1")).toEqual({ index: null, config: null, clock: null });
    expect(reader.ask("a-name-of-seventeen")).toEqual({ index: null, config: null, clock: null });
    const half = kernel([0, 1, 1], null).reader;
    expect(half.ask("eth0")).toMatchObject({ config: { rxFilter: 1 }, clock: null });
  });

  const native = loadLibc();
  it.skipIf(native.libc === null)("is of the loopback, by the real kernel, that it does not stamp (skipped: koffi not found)", () => {
    const reader = new NicReader(native.libc as Libc);
    const said = reader.ask("lo");
    expect([said.index, said.config, nicStamps(said)]).toEqual([1, null, "no_answer"]);
    // What it does answer names no clock.
    expect(said.clock?.phcIndex).toBe(-1);
    expect(reader.ask("no-such-one")).toEqual({ index: null, config: null, clock: null });
    expect(reader.interfaces()).toEqual(Object.keys(networkInterfaces()));
    expect([reader.interfaceOf("127.0.0.1"), reader.interfaceOf("0:0:0:0:0:0:0:1"), reader.interfaceOf("192.0.2.77")]).toEqual([
      "lo",
      networkInterfaces().lo?.some(({ address }) => address === "::1") ? "lo" : null,
      null,
    ]);
  });
});
