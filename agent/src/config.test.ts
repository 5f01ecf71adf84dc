import type { HostBound, Interval } from "@truebound/time";
import { describe, expect, it } from "vitest";
import { parseCheck } from "./check/arguments.ts";
import { exitCode } from "./check/present.ts";
import { ConfigError, parseDuration, readConfig } from "./config.ts";
import { distinct, sourcesOfCloud, sourcesOfNtpConf, sourcesOfTimesyncd } from "./discover/conf-files.ts";

const problemOf = (env: Record<string, string>): string => {
  try {
    readConfig({ TRUEBOUND_HOST_NAME: "h", ...env });
    return "";
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).exitCode).toBe(78);
    return (error as Error).message;
  }
};

describe("the agent's settings", () => {
  it("has a default for everything", () => {
    const config = readConfig({ HOME: "/home/x", TRUEBOUND_HOST_NAME: "h" });
    expect(config).toMatchObject({ server: null, sources: null, probeIntervalS: null, labels: {} });
  });
  it("reads sources, labels and durations", () => {
    const config = readConfig({
      TRUEBOUND_HOST_NAME: "h",
      TRUEBOUND_SOURCES: "a, b:1123,[::1]:5,a",
      TRUEBOUND_LABELS: "site=ams,role=db",
      TRUEBOUND_PROBE_INTERVAL: "4s",
    });
    expect(config.sources?.map(({ id }) => id)).toEqual(["a:123", "b:1123", "[::1]:5"]);
    expect(config).toMatchObject({ labels: { site: "ams", role: "db" }, probeIntervalS: 4 });
  });
  it("reports everything that is wrong at once, naming what, where and how to mend it", () => {
    const message = problemOf({
      TRUEBOUND_SORCES: "a",
      TRUEBOUND_PROBE_INTERVAL: "16",
      TRUEBOUND_FAULTS: "-1",
      TRUEBOUND_SERVER_URL: "ftp://x",
      TRUEBOUND_SOURCES: "a b",
    });
    expect(message.split("\n")).toEqual([
      "Cannot use TRUEBOUND_SORCES: there is no such setting; did you mean TRUEBOUND_SOURCES?",
      'Cannot use TRUEBOUND_SERVER_URL "ftp://x": write https://host:8125, or http://127.0.0.1:8125 for a server on this machine',
      'Cannot use source "a b": "b" is no option of a source; write nts, nts=required, ke=PORT, pin=sha256/BASE64, root_rounding=up, or what is declared of its root: root, document, signer, valid, refid, dispersion (TRUEBOUND_SOURCES)',
      "Cannot use TRUEBOUND_PROBE_INTERVAL=16: write a number with its unit between 1s and 3600s, e.g. 16s",
      "Cannot use TRUEBOUND_FAULTS=-1: it must be a whole number from 0 to 10",
    ]);
  });
  it("refuses two places under one name, of which one would go unheard", () => {
    const told = (sources: string) => () => readConfig({ TRUEBOUND_HOST_NAME: "h", TRUEBOUND_SOURCES: sources });
    expect(problemOf({ TRUEBOUND_SOURCES: "external:/a name=gps,external:/b name=gps" })).toBe(
      "Cannot tell two sources of TRUEBOUND_SOURCES apart that are both external:gps: give each a name= of its own",
    );
    expect(told("external:/a name=gps,external:/a name=gps")().sources).toHaveLength(1);
  });
  it("lets only authenticated sources count where it is told so", () => {
    const config = readConfig({ TRUEBOUND_SOURCES: "a nts,b:5 nts=required ke=7,c", TRUEBOUND_AUTHENTICATED: "required" });
    expect(config.sources?.map(({ id, nts }) => [id, nts?.mode, nts?.kePort])).toEqual([
      ["a:123", "preferred", 4460],
      ["b:5", "required", 7],
      ["c:123", undefined, undefined],
    ]);
    expect([config.authenticated, readConfig({}).authenticated]).toEqual(["required", null]);
    expect(problemOf({ TRUEBOUND_AUTHENTICATED: "yes" })).toMatch(/^Cannot use TRUEBOUND_AUTHENTICATED=yes: write required/);
  });
  it("knows the server by pins, each of its form", () => {
    const pin = "A".repeat(43);
    expect(readConfig({ TRUEBOUND_SERVER_PINS: `${pin}, ${pin}` }).serverPins).toEqual([pin, pin]);
    expect(problemOf({ TRUEBOUND_SERVER_PINS: "sha256:x" })).toContain("43 characters of base64url");
  });
  it("does not send over plain HTTP to another machine", () => {
    expect(problemOf({ TRUEBOUND_SERVER_URL: "http://monitor.example.net:8125" })).toContain(
      "without TLS the server must be on this machine",
    );
    expect(readConfig({ TRUEBOUND_SERVER_URL: "https://monitor.example.net:8125" }).server?.host).toBe("monitor.example.net:8125");
  });
  it("takes part in a mesh as the policy says, unless it says otherwise itself", () => {
    expect(readConfig({ TRUEBOUND_HOST_NAME: "h", TRUEBOUND_PEERS: "on" }).peers).toEqual({ off: false, listen: null, address: null });
    const peers = (env: Record<string, string>) => readConfig({ TRUEBOUND_HOST_NAME: "h", ...env }).peers;
    expect(peers({ TRUEBOUND_PEERS: "off" }).off).toBe(true);
    expect(peers({ TRUEBOUND_PEER_LISTEN: "192.0.2.7:12300" }).listen).toEqual({ address: "192.0.2.7", port: 12_300 });
    expect(peers({ TRUEBOUND_PEER_LISTEN: "[::]:12300" }).listen).toEqual({ address: "::", port: 12_300 });
    expect(peers({ TRUEBOUND_PEER_ADDRESS: "203.0.113.7" }).address).toEqual({ address: "203.0.113.7", port: null });
    expect(peers({ TRUEBOUND_PEER_ADDRESS: "2001:db8::7" }).address).toEqual({ address: "2001:db8::7", port: null });
    expect(peers({ TRUEBOUND_PEER_ADDRESS: "[2001:db8::7]:5" }).address).toEqual({ address: "2001:db8::7", port: 5 });
  });
  it.each([
    ["TRUEBOUND_PEERS", "no"],
    ["TRUEBOUND_PEER_LISTEN", "192.0.2.7"],
    ["TRUEBOUND_PEER_LISTEN", "192.0.2.7:0"],
    ["TRUEBOUND_PEER_LISTEN", "192.0.2.7:65536"],
    ["TRUEBOUND_PEER_LISTEN", "2001:db8::7"],
    ["TRUEBOUND_PEER_LISTEN", "[192.0.2.7]:5"],
    ["TRUEBOUND_PEER_LISTEN", "web-1:12300"],
    ["TRUEBOUND_PEER_LISTEN", "[fe80::1%eth0]:5"],
    ["TRUEBOUND_PEER_ADDRESS", "web-1"],
    ["TRUEBOUND_PEER_ADDRESS", "0.0.0.0"],
    ["TRUEBOUND_PEER_ADDRESS", "[::]:12300"],
    ["TRUEBOUND_PEER_ADDRESS", "fe80::1%eth0"],
  ])("cannot use %s=%s, and says what to write", (name, value) =>
    expect(problemOf({ [name]: value })).toMatch(new RegExp(`^Cannot use ${name}=.*: write `)),
  );
  it.each([
    ["16s", 16],
    ["500ms", 0.5],
    ["2m", 120],
    ["1h", 3600],
    ["16", null],
    ["s", null],
    ["-1s", null],
  ])("reads the duration %s", (text, seconds) => expect(parseDuration(text)).toBe(seconds));
});

describe("the arguments of check", () => {
  it("takes hosts and limits", () => {
    expect(parseCheck(["a", "b:5", "--samples", "8", "--warn", "250us", "--crit", "1ms"])).toMatchObject({
      samples: 8,
      limits: { warn: 250_000n, crit: 1_000_000n },
      sources: [{ id: "a:123" }, { id: "b:5" }],
    });
  });
  it.each([
    [[]],
    [["a", "--samples", "0"]],
    [["a", "--warn", "1"]],
    [["a", "--nope"]],
    [["a:0"]],
    [["a", "--warn", "2ms", "--crit", "1ms"]],
  ])("explains what is wrong with %j", (args) => expect(typeof parseCheck(args)).toBe("string"));
  it("grades by the worst error, as Nagios expects", () => {
    const graded = (offset: Interval | null, votes = 3) => ({
      offset,
      fused: { votes, faults: 1, status: votes > 2 ? "proven" : "unverified" } as HostBound,
    });
    const bound = graded({ lo: -5n, hi: 3n });
    expect(exitCode(bound, { warn: 5n, crit: 9n })).toBe(0);
    expect(exitCode(bound, { warn: 4n, crit: 5n })).toBe(1);
    expect(exitCode(bound, { warn: 1n, crit: 4n })).toBe(2);
    expect(exitCode(bound, { warn: 4n, crit: null })).toBe(2);
    expect(exitCode(bound, { warn: null, crit: null })).toBe(0);
    expect(exitCode(graded(null), { warn: null, crit: null })).toBe(3);
    // One vote, and one may lie: never fine.
    expect(exitCode(graded({ lo: -5n, hi: 3n }, 1), { warn: 5n, crit: 9n })).toBe(1);
    expect(exitCode(graded({ lo: -5n, hi: 3n }, 2), { warn: 5n, crit: 9n })).toBe(0);
  });
});

describe("sources that the host already uses", () => {
  it("reads chrony.conf and ntp.conf", () => {
    const text =
      "# comment\npool 2.debian.pool.ntp.org iburst\nserver ntp1.example.net port 1123 iburst\n server 192.0.2.1 # here\nserver 127.127.20.0 mode 5\npeer ntp2\nallow 10/8\n!server no\nserver\nserver bad port x";
    expect(sourcesOfNtpConf(text).map(({ id }) => id)).toEqual([
      "2.debian.pool.ntp.org:123",
      "2.debian.pool.ntp.org:123/2",
      "2.debian.pool.ntp.org:123/3",
      "2.debian.pool.ntp.org:123/4",
      "ntp1.example.net:1123",
      "192.0.2.1:123",
      "ntp2:123",
    ]);
  });
  it("reads timesyncd.conf, the fallback only where nothing is chosen", () => {
    expect(sourcesOfTimesyncd("[Time]\n#NTP=\nFallbackNTP=a b").map(({ host }) => host)).toEqual(["a", "b"]);
    expect(sourcesOfTimesyncd("[Time]\nNTP=c\nFallbackNTP=a b").map(({ host }) => host)).toEqual(["c"]);
  });
  it("knows two clouds by their firmware", () => {
    expect(sourcesOfCloud("Amazon EC2", "m7i").map(({ host }) => host)).toEqual(["169.254.169.123"]);
    expect(sourcesOfCloud("Google", "").map(({ host }) => host)).toEqual(["metadata.google.internal"]);
    expect(sourcesOfCloud("QEMU", "")).toEqual([]);
  });
  it("never takes more than a host reports", () =>
    expect(distinct(sourcesOfNtpConf(Array.from({ length: 40 }, (_, n) => `server h${n}`).join("\n")))).toHaveLength(31));
});
