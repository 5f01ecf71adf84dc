import type { Role } from "@truebound/wire";
import type pg from "pg";
import { tellPeople } from "../src/access/tell-people.ts";
import { nodeCrypto } from "../src/adapters/crypto/node-crypto.ts";
import { actionBook } from "../src/adapters/postgres/access/action-book.ts";
import { peopleStore } from "../src/adapters/postgres/access/people-store.ts";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { Asker } from "./asker.ts";
import { quiet } from "./database.ts";
import type { Tested } from "./server-under-test.ts";

export const SIGN_IN = { host: "127.0.0.1", tls: null, tlsProxy: false, publicUrl: null, signIn: true, oidc: null } as const;
export const PASSWORD = "a sentence of a few words";

/** The command line of a server's operator. */
export async function operating<T>(databaseUrl: string, work: (ports: Parameters<typeof tellPeople>[0]) => Promise<T>): Promise<T> {
  const pool: pg.Pool = openPool(databaseUrl, quiet);
  try {
    return await work({
      store: peopleStore(pool),
      actions: actionBook(pool),
      crypto: nodeCrypto,
      publicUrl: () => "http://x",
      user: "root",
    });
  } finally {
    await pool.end();
  }
}

/** Adds a person, who signs in by their link and gives themselves a password. */
export async function personOf(tested: Tested, name: string, role: Role, labels: Record<string, string> = {}): Promise<Asker> {
  const { out } = await operating(tested.url, (ports) =>
    tellPeople(ports, { do: "add_person", name, grant: { role, labels }, json: false }),
  );
  const asker = new Asker(tested.server.peopleUrl);
  await asker.enter("/api/v1/sign-in/link", { secret: secretOf(out) });
  return asker;
}

export const secretOf = (url: string): string => /#link=([A-Za-z0-9_-]+)/.exec(url)?.[1] ?? "";
