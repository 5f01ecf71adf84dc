import { randomBytes } from "node:crypto";
import { inspect } from "node:util";
import { parseJoinToken } from "@truebound/wire";
import { beforeEach, describe, expect, it } from "vitest";
import { adminStore } from "../src/adapters/postgres/admin-store.ts";
import { openPool } from "../src/adapters/postgres/pool.ts";
import type { Log } from "../src/log.ts";
import { ask, quiet } from "./database.ts";
import { batchOf, FakeAgent } from "./fake-agent.ts";
import { serverForTests } from "./server-under-test.ts";

/** R36: a join token lets in whom it is for, once, and is written down nowhere. */
const logged: string[] = [];
const secrets: string[] = [];
const keep = (message: string, data?: object) => void logged.push(message, inspect(data));
const log: Log = { info: keep, warn: keep, error: keep };

const tested = serverForTests(() => ({ log }));

/** Each try from an address of its own, unless a test is about that: too many refusals shut the door to one. */
let tries = 0;
beforeEach(() => {
  tries += 256;
});
function agent(localAddress?: string): FakeAgent {
  tries += 1;
  return Object.assign(new FakeAgent(tested.server.agentsUrl), { localAddress: localAddress ?? `127.1.${tries >> 8}.${tries & 255 || 1}` });
}

async function token(more: { namePattern?: string } = {}): Promise<string> {
  const made = await tested.server.createToken({ uses: 1, ttlSeconds: 600, labels: {}, ...more });
  const { secret } = parseJoinToken(made) as { secret: string };
  secrets.push(secret);
  return secret;
}

/** Another character of the same alphabet at that place. The last one carries two bits that decode to nothing: all count. */
const altered = (secret: string, at: number): string => {
  const other = secret[at] === "A" ? "B" : "A";
  return `${secret.slice(0, at)}${other}${secret.slice(at + 1)}`;
};

describe("a join token for one host", () => {
  it("lets in one of a hundred that come at the same time", async () => {
    const shared = await token();
    const answers = await Promise.all(Array.from({ length: 100 }, () => agent().enrol(shared, "crowd")));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === "bad_token")).toHaveLength(99);
    expect(await ask(tested.url, "select uses_left from join_token")).toEqual([{ uses_left: 0 }]);
  });
  it("lets in nobody when any one of its characters is another", async () => {
    const good = await token();
    const codes = await Promise.all(
      Array.from(good, (_, at) =>
        agent()
          .enrol(altered(good, at))
          .then(({ body }) => body.code as string),
      ),
    );
    expect(codes).toEqual(Array<string>(43).fill("bad_token"));
    expect((await agent().enrol(good)).status).toBe(200);
  });
  it("lets in nobody when it has expired, was revoked, or is for other names", async () => {
    const [late, revoked, scoped] = [await token(), await token(), await token({ namePattern: "db-*" })];
    await ask(tested.url, "update join_token set expires_at = clock_timestamp() where hash = sha256($1::bytea)", [late]);
    const pool = openPool(tested.url, quiet);
    const [row] = await ask<{ id: string }>(tested.url, "select left(encode(sha256($1::bytea), 'hex'), 12) as id", [revoked]);
    expect(await adminStore(pool).revokeToken(row?.id ?? "")).toBe(1);
    await pool.end();
    for (const [secret, name] of [
      [late, "db-1"],
      [revoked, "db-1"],
      [scoped, "web-1"],
    ] as const)
      expect((await agent().enrol(secret, name)).body.code).toBe("bad_token");
  });
  it("cannot be guessed at more than ten times a minute from one address", async () => {
    const here = "127.2.0.1";
    const codes: string[] = [];
    for (let guess = 0; guess < 15; guess++)
      codes.push((await agent(here).enrol(randomBytes(32).toString("base64url"))).body.code as string);
    expect(codes).toEqual([...Array<string>(10).fill("bad_token"), ...Array<string>(5).fill("rate")]);
  });
});

/** All that a database holds, as text: whole rows of every table, bytes in hex. */
async function everythingIn(database: string): Promise<string> {
  const tables = await ask<{ name: string }>(
    database,
    "select quote_ident(relname) as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace",
  );
  expect(tables.length).toBeGreaterThan(8);
  const texts = await Promise.all(tables.map(({ name }) => ask<{ text: string }>(database, `select t::text as text from ${name} t`)));
  return texts
    .flat()
    .map(({ text }) => text)
    .join("\n");
}

/** Forms in which the same secret would be as good. */
const formsOf = (secret: string): string[] => {
  const raw = Buffer.from(secret, "base64url");
  return [secret, raw.toString("base64"), raw.toString("hex"), Buffer.from(secret).toString("hex"), Buffer.from(secret).toString("base64")];
};

it("is found in no row of the database and in no line of the log, whatever was done with it", async () => {
  const used = agent();
  const good = await token();
  expect((await used.enrol(good, "searched")).status).toBe(200);
  await used.send(batchOf(used.id, []));
  expect((await used.enrol(await token(), "searched")).status).toBe(200);
  expect((await agent().enrol(`${good}${good}`)).body.code).toBe("malformed");
  const [stored, told] = [await everythingIn(tested.url), logged.join("\n")];
  expect(stored).toContain("searched");
  expect(secrets.length).toBeGreaterThan(6);
  const found = secrets.flatMap(formsOf).filter((form) => `${stored}\n${told}`.includes(form));
  expect(found).toEqual([]);
});
