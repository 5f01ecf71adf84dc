import { afterAll, beforeAll } from "vitest";
import { type RunningServer, type ServerOptions, startServer } from "../src/server.ts";
import { quiet, receiptKeyFile, type TestDatabases, testDatabases } from "./database.ts";

/** A whole server process's worth on free ports, without a built page. */
export const serverOn = (databaseUrl: string, more: Partial<ServerOptions> = {}): Promise<RunningServer> =>
  startServer({
    databaseUrl,
    httpPort: 0,
    agents: { host: "127.0.0.1", port: 0 },
    siteDir: "/nonexistent",
    receiptKeyFile,
    log: quiet,
    ...more,
  });

/** What the tests of one file share. */
export interface Tested {
  readonly databases: TestDatabases;
  /** Of the server's database. */
  readonly url: string;
  readonly server: RunningServer;
}

/** What is done on the database before the server is there, and gives what ends it. */
export type Before = (databaseUrl: string) => Promise<() => Promise<void>>;
const nothing: Before = async () => async () => {};

/** A server on a database of its own, from before the first test of the file until after its last; not there earlier. */
export function serverForTests(more: () => Partial<ServerOptions> = () => ({}), before: Before = nothing): Tested {
  const made: { databases?: TestDatabases; url?: string; server?: RunningServer; end?: () => Promise<void> } = {};
  beforeAll(async () => {
    made.databases = await testDatabases();
    made.url = await made.databases.create();
    made.end = await before(made.url);
    made.server = await serverOn(made.url, more());
  });
  afterAll(async () => {
    await made.server?.stop();
    await made.end?.();
    await made.databases?.stop();
  });
  const present = <K extends keyof typeof made>(name: K): NonNullable<(typeof made)[K]> => {
    const one = made[name];
    if (one === undefined) throw new Error(`Cannot use the ${name} of the tests before they begin`);
    return one;
  };
  return {
    get databases() {
      return present("databases");
    },
    get url() {
      return present("url");
    },
    get server() {
      return present("server");
    },
  };
}
