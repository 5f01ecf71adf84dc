import { expect, it } from "vitest";
import { type Environment, readConfig } from "./config.ts";

const FILES: Readonly<Record<string, string>> = { "/s/url": "postgres://u:geheim@h/d\n", "/s/password": "p@ss/w%rd\n", "/s/empty": " \n" };
const read = (path: string): string => {
  const text = FILES[path];
  if (text === undefined) throw Object.assign(new Error(`no ${path}`), { code: "ENOENT" });
  return text;
};
const config = (environment: Environment) => readConfig(environment, { home: "/home/ada", isRoot: false, read });

it("an address, or its password alone, comes from a file", () => {
  expect(config({ TRUEBOUND_DATABASE_URL_FILE: "/s/url" })).toMatchObject({ config: { databaseUrl: "postgres://u:geheim@h/d" } });
  const read = config({ DATABASE_URL: "postgres://u@h:5433/d", TRUEBOUND_DATABASE_PASSWORD_FILE: "/s/password" });
  const url = new URL("config" in read ? (read.config.databaseUrl ?? "") : "");
  expect([decodeURIComponent(url.password), url.host, url.username]).toEqual(["p@ss/w%rd", "h:5433", "u"]);
  expect(config({ TRUEBOUND_DATABASE_URL_FILE: "" })).toMatchObject({ config: { databaseUrl: null } });
});

it.each<[Environment, string]>([
  [{ DATABASE_URL: "postgres://u@h/d", TRUEBOUND_DATABASE_URL_FILE: "/s/url" }, "beside DATABASE_URL: set one of them"],
  [{ TRUEBOUND_DATABASE_PASSWORD_FILE: "/s/password" }, "there is no DATABASE_URL"],
  [{ DATABASE_URL: "postgres://u:geheim@h/d", TRUEBOUND_DATABASE_PASSWORD_FILE: "/s/password" }, "has a password already"],
  [{ DATABASE_URL: "postgres://h/d", TRUEBOUND_DATABASE_PASSWORD_FILE: "/s/password" }, "names no user"],
  [{ DATABASE_URL: "postgres://u@h/d", TRUEBOUND_DATABASE_PASSWORD_FILE: "/s/none" }, "/s/none: ENOENT; let the server's user read"],
  [{ TRUEBOUND_TSA_URL_FILE: "/s/empty" }, "/s/empty is empty"],
  [{ TRUEBOUND_TSA_URL_FILE: "s/url" }, "no absolute path"],
  [{ DATABASE_URL: "postgres://u@h/d", TRUEBOUND_DATABASE_PASSWORD_FILE: "geheim" }, "no absolute path"],
])("what cannot be is one problem, and no secret is repeated: %j", (environment, why) => {
  const read = config(environment);
  const problems = "problems" in read ? read.problems : [];
  expect(problems).toEqual([expect.stringContaining(why)]);
  expect(problems.join()).not.toMatch(/geheim|p@ss/);
});
