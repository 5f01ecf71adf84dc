import { describe, expect, it } from "vitest";
import { type ProxySettings, proxySettings, proxyTo, proxyVariables } from "./proxy-settings.ts";

const read = (env: Record<string, string>): ProxySettings | string => proxySettings(proxyVariables(env));
const to = (url: string, env: Record<string, string>): string | null => {
  const settings = read(env);
  if (typeof settings === "string") throw new Error(settings);
  const proxy = proxyTo(new URL(url), settings);
  return proxy && `${proxy.host}:${proxy.port} ${proxy.from}`;
};

const SERVER = "https://truebound.example.net:8125/";
const COMMON = { HTTPS_PROXY: "http://common:3128" };

describe("the proxy on the way to the server", () => {
  it.each([
    [null, {}],
    ["common:3128 HTTPS_PROXY", COMMON],
    ["common:3128 HTTPS_PROXY", { HTTPS_PROXY: "common:3128" }],
    ["small:80 HTTPS_PROXY", { ...COMMON, https_proxy: "http://small" }],
    ["own:8080 TRUEBOUND_PROXY", { ...COMMON, TRUEBOUND_PROXY: "http://own:8080", NO_PROXY: "*" }],
    ["2001:db8::1:3128 TRUEBOUND_PROXY", { TRUEBOUND_PROXY: "http://[2001:db8::1]:3128" }],
    [null, { ...COMMON, TRUEBOUND_PROXY: "none" }],
  ])("is %s", (expected, env) => {
    expect(to(SERVER, env as Record<string, string>)).toBe(expected);
  });

  it.each([
    ["*", true],
    ["truebound.example.net", true],
    ["EXAMPLE.net", true],
    [".example.net", true],
    ["*.example.net", true],
    ["other.net, example.net:8125", true],
    ["example.net:443", false],
    ["ple.net", false],
    ["truebound", false],
    ["", false],
    [".", false],
    ["10.0.0.0/8", false],
  ])("NO_PROXY=%s excepts the server: %s", (rule, isExcepted) => {
    expect(to(SERVER, { ...COMMON, NO_PROXY: rule }) === null).toBe(isExcepted);
  });

  it("takes a name that could be a piece of an IPv6 address for a name, with a port too", () => {
    const via = (rule: string) => to("https://cafe:8125/", { ...COMMON, NO_PROXY: rule });
    expect([via("cafe:8125"), via("cafe"), via("cafe:443") === null]).toEqual([null, null, false]);
  });

  it("is nobody's where a numeric address is excepted, and none for this machine", () => {
    const env = { ...COMMON, NO_PROXY: "192.0.2.7,[2001:db8::7]:8125,2001:db8::8" };
    for (const host of ["192.0.2.7", "[2001:db8::7]", "[2001:db8::8]", "127.0.0.1", "localhost", "[::1]"])
      expect(to(`https://${host}:8125/`, env)).toBe(null);
    expect(to("https://192.0.2.77:8125/", env)).not.toBe(null);
    expect(to("http://127.0.0.1:8125/", { TRUEBOUND_PROXY: "http://own:1" })).toBe(null);
  });

  it("has credentials from its file, or from the address that all programs are told; never from our own setting", () => {
    const given = read({ HTTPS_PROXY: "http://bob:p%40ss@common:3128" });
    expect(given).toMatchObject({ proxy: { host: "common", credentials: { kind: "given", text: "bob:p@ss" } } });
    const file = read({ HTTPS_PROXY: "http://bob:x@common:3128", TRUEBOUND_PROXY_CREDENTIALS_FILE: "/run/c" });
    expect(file).toMatchObject({ proxy: { credentials: { kind: "file", path: "/run/c" } } });
    expect(read({ TRUEBOUND_PROXY: "http://bob:hunter2@own:1" })).toMatch(/^Cannot use TRUEBOUND_PROXY with a password in it/);
  });

  it.each([
    ["https://p:1", /plain HTTP here, not by https:/],
    ["socks5://p:1", /not by socks5:/],
    ["http://p:1/path", /write http:\/\/HOST:PORT/],
    ["http://", /write http:\/\/HOST:PORT/],
    ["http://p:99999", /write http:\/\/HOST:PORT/],
    ["http://%zz:secret@p:1", /percent-encoded/],
  ])("refuses %s, and does not say a value that may hold a password", (text, why) => {
    const said = read({ HTTPS_PROXY: text });
    expect(said).toMatch(why);
    expect(said).not.toContain("secret");
  });

  it("credentials without a proxy are a mistake", () => {
    expect(read({ TRUEBOUND_PROXY_CREDENTIALS_FILE: "/c" })).toMatch(/without a proxy/);
  });
});
