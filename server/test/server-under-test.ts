import { type RunningServer, type ServerOptions, startServer } from "../src/server.ts";
import { quiet, receiptKeyFile } from "./database.ts";

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
