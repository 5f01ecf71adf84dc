import { expect, it } from "vitest";
import { readPeople } from "./people-settings.ts";

function read(environment: Record<string, string>) {
  const problems: string[] = [];
  const settings = readPeople(
    (name) => environment[name] ?? null,
    environment,
    (why) => {
      problems.push(why);
      return null;
    },
  );
  return problems.length > 0 ? problems : settings;
}
const TLS = { TRUEBOUND_HTTP_TLS_CERT_FILE: "/c.pem", TRUEBOUND_HTTP_TLS_KEY_FILE: "/k.pem" };
const PUBLIC = { TRUEBOUND_PUBLIC_URL: "https://tb.example.net/" };

it("is on the loopback without sign-in where nothing is said", () => {
  expect(read({})).toEqual({ host: "127.0.0.1", tls: null, tlsProxy: false, publicUrl: null, signIn: false, oidc: null });
  expect(read({ TRUEBOUND_SIGN_IN: "on" })).toMatchObject({ signIn: true });
});

it("asks for sign-in wherever people come from elsewhere", () => {
  expect(read({ TRUEBOUND_HTTP_HOST: "0.0.0.0", ...TLS, ...PUBLIC })).toMatchObject({
    host: "0.0.0.0",
    signIn: true,
    publicUrl: "https://tb.example.net",
  });
  expect(read({ TRUEBOUND_HTTP_TLS_PROXY: "1", ...PUBLIC })).toMatchObject({ host: "127.0.0.1", signIn: true, tlsProxy: true });
});

it.each([
  [{ TRUEBOUND_HTTP_HOST: "0.0.0.0" }, /without TLS: set TRUEBOUND_HTTP_TLS_CERT_FILE/],
  [{ TRUEBOUND_HTTP_HOST: "[::]", ...TLS }, /without TRUEBOUND_PUBLIC_URL/],
  [{ TRUEBOUND_HTTP_HOST: "10.0.0.5", ...TLS, ...PUBLIC, TRUEBOUND_SIGN_IN: "off" }, /without sign-in/],
  [{ TRUEBOUND_HTTP_TLS_PROXY: "1" }, /without TRUEBOUND_PUBLIC_URL/],
  [{ TRUEBOUND_HTTP_TLS_PROXY: "1", ...PUBLIC, TRUEBOUND_SIGN_IN: "off" }, /without sign-in/],
  [PUBLIC, /without TLS/],
  [{ ...TLS, TRUEBOUND_PUBLIC_URL: "http://tb.example.net" }, /is not https/],
  [{ TRUEBOUND_PUBLIC_URL: "https://tb.example.net/page" }, /without a path/],
  [{ TRUEBOUND_PUBLIC_URL: "tb.example.net" }, /no https:\/\/ address/],
  [{ TRUEBOUND_HTTP_TLS_CERT_FILE: "/c.pem" }, /set both, or neither/],
  [{ TRUEBOUND_HTTP_TLS_PROXY: "yes" }, /neither 1 nor 0/],
  [{ TRUEBOUND_SIGN_IN: "maybe" }, /neither on nor off/],
  [{ TRUEBOUND_HTTP_HOST: "a b" }, /is no address/],
])("refuses %o", (environment, why) => {
  expect(read(environment as Record<string, string>)).toEqual([expect.stringMatching(why)]);
});

const OIDC = {
  TRUEBOUND_OIDC_ISSUER: "https://id.example/realm",
  TRUEBOUND_OIDC_CLIENT_ID: "tb",
  TRUEBOUND_OIDC_ROLES: "cn=ops,dc=x=operator",
};

it("takes a provider, with which people sign in on the loopback too", () => {
  expect(read({ ...OIDC, TRUEBOUND_OIDC_ROLES: "cn=ops=operator, all = viewer" })).toMatchObject({
    signIn: true,
    oidc: {
      issuer: "https://id.example/realm",
      secretFile: null,
      groupsClaim: "groups",
      name: "id.example",
      roles: [
        { group: "cn=ops", role: "operator" },
        { group: "all", role: "viewer" },
      ],
    },
  });
});

it.each([
  [{ TRUEBOUND_OIDC_ISSUER: "https://id.example" }, /without TRUEBOUND_OIDC_CLIENT_ID and TRUEBOUND_OIDC_ROLES/],
  [{ ...OIDC, TRUEBOUND_OIDC_ISSUER: "http://id.example" }, /is no https/],
  [OIDC, /"cn" is not of the form|"cn=ops" is not of the form/],
  [{ ...OIDC, TRUEBOUND_OIDC_ROLES: "ops=root" }, /"ops=root" is not of the form group=viewer\|operator\|auditor\|admin/],
  [{ ...OIDC, TRUEBOUND_OIDC_ROLES: "ops=viewer", TRUEBOUND_SIGN_IN: "off" }, /without sign-in/],
])("refuses the provider %o", (environment, why) => {
  expect(read(environment as Record<string, string>)).toEqual([expect.stringMatching(why)]);
});
