import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as layout from "./nic-layout.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const words = (...numbers: number[]): Uint8Array => new Uint8Array(Int32Array.from(numbers).buffer);
const isLittle = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

describe.runIf(isLittle)("calls that read how an interface stamps, byte for byte", () => {
  it("name the interface, and where the answer is to be put", () => {
    const name = "656e7034733066306e70300000000000";
    expect(hex(layout.ifreq("enp4s0f0np0", 0x7f00_1122_3344_5566n) ?? new Uint8Array())).toBe(`${name}665544332211007f${"00".repeat(16)}`);
    expect([layout.ifreq("", 0n), layout.ifreq("x".repeat(16), 0n), layout.ifreq("x".repeat(15), 0n)?.length]).toEqual([null, null, 40]);
  });
  it("have the interface's index answered in place of the pointer", () => {
    const answered = layout.ifreq("eth0", 0n) as Uint8Array;
    answered.set(words(7), 16);
    expect(layout.interfaceIndex(answered)).toBe(7);
  });
  it("read struct hwtstamp_config: flags, how it stamps what it sends, which of what it receives", () => {
    expect(layout.readConfig(words(1, 1, 15))).toEqual({ flags: 1, txType: 1, rxFilter: 15 });
    expect(layout.HWTSTAMP_CONFIG_BYTES).toBe(12);
  });
  it("ask by ETHTOOL_GET_TS_INFO alone, and read what it fills in", () => {
    expect(hex(layout.tsInfoRequest())).toBe(`41000000${"00".repeat(40)}`);
    const answer = words(0x41, 0x5d, 2, 0b11, 0, 0, 0, 0b1000_0000_0000_0011, 0, 0, 0);
    expect(layout.readTsInfo(answer)).toEqual({ stamping: 0x5d, phcIndex: 2, txTypes: 3, rxFilters: 0x8003 });
    expect(layout.readTsInfo(words(0x41, 0x1a, -1, 0, 0, 0, 0, 0, 0, 0, 0)).phcIndex).toBe(-1);
  });
  it("have the numbers of linux/sockios.h, none of which sets anything", () => {
    const { SIOCGIFINDEX, SIOCETHTOOL, SIOCGHWTSTAMP } = layout;
    expect([SIOCGIFINDEX, SIOCETHTOOL, SIOCGHWTSTAMP].map((call) => call.toString(16))).toEqual(["8933", "8946", "89b1"]);
  });
});

it("nothing in the product can say SIOCSHWTSTAMP, and the one ethtool command is a question", () => {
  const roots = ["agent/src", "packages", "server/src", "clients", "bin"].map((folder) => join(import.meta.dirname, "../../..", folder));
  const sources = roots.flatMap((root) => sourcesBelow(root));
  expect(sources.length).toBeGreaterThan(500);
  const saying = sources.filter((path) => /SHWTSTAMP|0x8_?9_?b_?0\b|\b35_?248\b/i.test(readFileSync(path, "utf8")));
  expect(saying).toEqual([]);
  const ethtool = readFileSync(join(import.meta.dirname, "nic-layout.ts"), "utf8").match(/ETHTOOL_\w+ = \w+/g);
  expect(ethtool).toEqual(["ETHTOOL_GET_TS_INFO = 0x41"]);
});

/** What is compiled or run; tests may name what is not to be said. */
function sourcesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (["node_modules", "dist"].includes(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sourcesBelow(path);
    return /\.(ts|tsx|js|mjs|c|h|go|py|java)$/.test(entry.name) && !entry.name.endsWith(".test.ts") ? [path] : [];
  });
}
