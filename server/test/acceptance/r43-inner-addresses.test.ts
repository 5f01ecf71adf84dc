import type { LookupAddress } from "node:dns";
import { networkInterfaces } from "node:os";
import { utc } from "@truebound/time";
import type { Channel } from "@truebound/wire";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Resolve } from "../../src/adapters/notify/guarded-address.ts";
import { sendToChannel } from "../../src/adapters/notify/send-to-channel.ts";
import { NOTICE } from "../../src/notify/notice.fixture.ts";
import { type Recorder, startRecorder } from "../recorder.ts";

/** Every way that is known of naming an address within, and of leading there: nothing may arrive. */
let canaries: Recorder[] = [];
let port = 0;
beforeAll(async () => {
  const first = await startRecorder("0.0.0.0");
  port = first.port;
  canaries = [first];
});
afterAll(async () => {
  for (const canary of canaries) await canary.close();
});

const own = Object.values(networkInterfaces())
  .flat()
  .filter((one) => one !== undefined && !one.internal && one.family === "IPv4")
  .map((one) => one?.address ?? "");

/** `[what, host as a URL has it]` */
const HOSTS: readonly (readonly [string, string])[] = [
  ["loopback", "127.0.0.1"],
  ["another loopback", "127.255.255.254"],
  ["short", "127.1"],
  ["shorter", "127.0.1"],
  ["decimal", "2130706433"],
  ["octal", "0177.0.0.1"],
  ["octal with zeros", "00000177.00.00.01"],
  ["octal as one", "017700000001"],
  ["hexadecimal", "0x7f.0.0.1"],
  ["hexadecimal as one", "0x7f000001"],
  ["mixed", "0x7f.0.1"],
  ["wide digits", "１２７.０.０.１"],
  ["ideographic stops", "127。0。0。1"],
  ["a final dot", "127.0.0.1."],
  ["escaped", "%31%32%37.0.0.1"],
  ["this host", "0.0.0.0"],
  ["zero", "0"],
  ["a name of loopback", "localhost"],
  ["in capitals", "LOCALHOST"],
  ["with a dot", "localhost."],
  ["below it", "db.localhost"],
  ["IPv6 loopback", "[::1]"],
  ["in full", "[0:0:0:0:0:0:0:1]"],
  ["with zeros", "[0000:0000:0000:0000:0000:0000:0000:0001]"],
  ["unspecified", "[::]"],
  ["mapped", "[::ffff:127.0.0.1]"],
  ["mapped in hexadecimal", "[::ffff:7f00:1]"],
  ["mapped and public", "[::ffff:8.8.8.8]"],
  ["compatible", "[::127.0.0.1]"],
  ["translated", "[64:ff9b::127.0.0.1]"],
  ["translated locally", "[64:ff9b:1::7f00:1]"],
  ["6to4", "[2002:7f00:1::1]"],
  ["Teredo", "[2001:0:7f00:1::1]"],
  ["unique local", "[fd00::1]"],
  ["unique local, first half", "[fc00::1]"],
  ["link-local", "[fe80::1]"],
  ["site-local", "[fec0::1]"],
  ["all nodes", "[ff02::1]"],
  ["documentation", "[2001:db8::1]"],
  ["ten", "10.0.0.1"],
  ["twelve bits", "172.16.0.1"],
  ["their end", "172.31.255.254"],
  ["sixteen bits", "192.168.0.1"],
  ["link-local", "169.254.1.1"],
  ["a cloud's metadata", "169.254.169.254"],
  ["metadata in decimal", "2852039166"],
  ["a carrier's", "100.64.0.1"],
  ["a cloud's within them", "100.100.100.200"],
  ["protocols", "192.0.0.192"],
  ["benchmarks", "198.18.0.1"],
  ["examples", "192.0.2.1"],
  ["many", "224.0.0.1"],
  ["reserved", "240.0.0.1"],
  ["everybody", "255.255.255.255"],
  ...own.map((address) => ["this machine's own", address] as const),
];

const hook = (url: string, more: Partial<Channel> = {}): Channel =>
  ({ name: "hook", kind: "webhook", url, severities: ["critical"], enabled: true, allow_private: false, ...more }) as Channel;
const moment = { at: utc(0n), pageUrl: null };
const limits = (resolve?: Resolve) => ({ http: { wholeMs: 3_000, ...(resolve === undefined ? {} : { resolve }) } });
const hits = () => canaries.reduce((sum, { connections }) => sum + connections, 0);

describe("R43 channels that lead within", () => {
  it("are more than forty forms", () => expect(HOSTS.length).toBeGreaterThan(40));

  it.each(HOSTS)("%s: %s is not reached", async (_, host) => {
    const outcome = await sendToChannel(limits()).send(hook(`http://${host}:${port}/`), NOTICE, moment);
    expect(outcome.kind).toBe("again");
    expect(hits()).toBe(0);
  });

  it.each(["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "data:text/plain,x", "http://", "unix:/run/x", "//127.0.0.1/"])(
    "%s is no address at all",
    async (url) => {
      expect(await sendToChannel(limits()).send(hook(url), NOTICE, moment)).toMatchObject({ why: expect.stringContaining("no http") });
    },
  );

  const leads = (...addresses: string[]): Resolve => {
    let asked = 0;
    return async (): Promise<LookupAddress[]> => {
      const address = addresses[Math.min(asked++, addresses.length - 1)] ?? "";
      return address.split(",").map((one) => ({ address: one, family: one.includes(":") ? 6 : 4 }));
    };
  };

  it.each(["127.0.0.1", "10.1.2.3", "::1", "8.8.8.8,127.0.0.1", "fd00::1", "::ffff:127.0.0.1", "100.64.1.1"])(
    "a name that leads to %s is not reached, and the refusal says how it may be",
    async (addresses) => {
      const outcome = await sendToChannel(limits(leads(addresses))).send(hook(`http://inner.example:${port}/`), NOTICE, moment);
      expect(outcome).toMatchObject({
        kind: "again",
        why: expect.stringMatching(/inner\.example leads to .*not a public address; set allow_private: true/),
      });
      expect(hits()).toBe(0);
    },
  );

  it("a name that leads elsewhere when it is asked again is asked once, and where it led first is dialled", async () => {
    const canary = await startRecorder("127.0.0.1");
    let asked = 0;
    const resolve: Resolve = async () => [{ address: asked++ === 0 ? "127.0.0.9" : "127.0.0.1", family: 4 }];
    const channel = hook(`http://rebound.example:${canary.port}/`, { allow_private: true });
    const outcome = await sendToChannel(limits(resolve)).send(channel, NOTICE, moment);
    expect(outcome).toMatchObject({ why: expect.stringContaining("ECONNREFUSED") });
    expect([asked, canary.connections]).toEqual([1, 0]);
    await canary.close();
  });

  it.each([
    ["a mail server", { kind: "email", host: "127.0.0.1", tls: "none", from: "a@b.example", to: ["c@d.example"] }],
    ["a mail server in decimal", { kind: "email", host: "2130706433", tls: "none", from: "a@b.example", to: ["c@d.example"] }],
    ["an Alertmanager", { kind: "alertmanager" }],
    ["PagerDuty elsewhere", { kind: "pagerduty", routing_key_file: "/etc/hostname" }],
  ])("%s is held to the same", async (_, more) => {
    const urls = [`http://127.0.0.1:${port}`];
    const channel = { ...hook(urls[0] ?? ""), urls, port, ...more } as unknown as Channel;
    const outcome = await sendToChannel(limits()).send(channel, NOTICE, moment);
    expect(outcome).toMatchObject({ kind: "again", why: expect.stringContaining("set allow_private: true if it is meant") });
    expect(hits()).toBe(0);
  });

  it("are reached where that is allowed: the canary can be hit at all", async () => {
    const canary = await startRecorder();
    const outcome = await sendToChannel(limits()).send(hook(canary.url, { allow_private: true }), NOTICE, moment);
    expect([outcome.kind, canary.connections, hits()]).toEqual(["delivered", 1, 0]);
    await canary.close();
  });
});
