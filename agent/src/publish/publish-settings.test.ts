import { isIP } from "node:net";
import { describe, expect, it } from "vitest";
import { PUBLISH_NOTHING, publishSettings } from "./publish-settings.ts";

const NONE = {
  TRUEBOUND_AGENT_HTTP_PORT: undefined,
  TRUEBOUND_AGENT_HTTP_ADDRESS: undefined,
  TRUEBOUND_AGENT_TLS_CERT_FILE: undefined,
  TRUEBOUND_AGENT_TLS_KEY_FILE: undefined,
  TRUEBOUND_AGENT_SOCKET: undefined,
  TRUEBOUND_TEXTFILE: undefined,
  TRUEBOUND_CHRONY_METRICS: undefined,
  TRUEBOUND_SEGMENT: undefined,
  TRUEBOUND_CLOCKBOUND_DIR: undefined,
  TRUEBOUND_CLOCKBOUND_LIMIT: undefined,
};
const read = (words: Partial<typeof NONE> | Record<string, string>) => publishSettings({ ...NONE, ...words }, (text) => isIP(text) > 0);

describe("what is told on the host itself", () => {
  it("is a page on the loopback, and nothing else, unless it is set", () => {
    expect(read({})).toEqual({ ...PUBLISH_NOTHING, port: 8124 });
    expect(read({ TRUEBOUND_AGENT_HTTP_PORT: "0", TRUEBOUND_TEXTFILE: "", TRUEBOUND_CHRONY_METRICS: "1" })).toMatchObject({
      port: 0,
      chrony: true,
    });
  });
  it("is a file for applications and for clients of ClockBound, where they are named", () => {
    expect(read({ TRUEBOUND_SEGMENT: "none", TRUEBOUND_CLOCKBOUND_DIR: "none" })).toMatchObject({ segment: null, clockBound: null });
    expect(
      read({ TRUEBOUND_SEGMENT: "/run/x/segment", TRUEBOUND_CLOCKBOUND_DIR: "/run/clockbound", TRUEBOUND_CLOCKBOUND_LIMIT: "250us" }),
    ).toMatchObject({ segment: "/run/x/segment", clockBound: { folder: "/run/clockbound", limitNs: 250_000n } });
  });
  it("leaves the loopback only by TLS", () => {
    const files = { TRUEBOUND_AGENT_TLS_CERT_FILE: "/c", TRUEBOUND_AGENT_TLS_KEY_FILE: "/k" };
    expect(read({ TRUEBOUND_AGENT_HTTP_ADDRESS: "0.0.0.0", ...files })).toMatchObject({ address: "0.0.0.0", tls: { certFile: "/c" } });
    expect(read({ TRUEBOUND_AGENT_HTTP_ADDRESS: "::1" })).toMatchObject({ address: "::1", tls: null });
    expect(read({ TRUEBOUND_AGENT_HTTP_ADDRESS: "10.0.0.7" })).toEqual([expect.stringContaining("without TLS: set")]);
  });
  it.each([
    ["TRUEBOUND_AGENT_HTTP_PORT", "http", "from 1 to 65535, or 0"],
    ["TRUEBOUND_AGENT_HTTP_PORT", "65536", "from 1 to 65535, or 0"],
    ["TRUEBOUND_AGENT_HTTP_ADDRESS", "web-1", "numeric"],
    ["TRUEBOUND_AGENT_TLS_KEY_FILE", "/k", "set TRUEBOUND_AGENT_TLS_CERT_FILE too"],
    ["TRUEBOUND_AGENT_SOCKET", "agent.sock", "absolute path"],
    ["TRUEBOUND_AGENT_SOCKET", `/${"s".repeat(107)}`, "at most 107"],
    ["TRUEBOUND_TEXTFILE", "truebound.prom", "absolute path"],
    ["TRUEBOUND_TEXTFILE", "/var/lib/truebound.txt", ".prom"],
    ["TRUEBOUND_CHRONY_METRICS", "yes", "write 1, or 0"],
    ["TRUEBOUND_SEGMENT", "segment", "absolute path of a file"],
    ["TRUEBOUND_SEGMENT", "/run/x/", "absolute path of a file"],
    ["TRUEBOUND_CLOCKBOUND_DIR", "clockbound", "absolute path"],
    ["TRUEBOUND_CLOCKBOUND_LIMIT", "5ms", "set TRUEBOUND_CLOCKBOUND_DIR too"],
    ["TRUEBOUND_CLOCKBOUND_LIMIT", "2s", "from 1us to 1s"],
    ["TRUEBOUND_CLOCKBOUND_LIMIT", "0ms", "from 1us to 1s"],
  ])("%s=%s is refused, with what to write", (name, value, remedy) => {
    expect(read({ [name]: value })).toEqual([expect.stringContaining(remedy)]);
  });
  it("tells all mistakes at once", () => {
    expect(read({ TRUEBOUND_AGENT_HTTP_PORT: "x", TRUEBOUND_CHRONY_METRICS: "x" })).toHaveLength(2);
  });
});
