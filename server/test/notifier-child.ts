import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const built = (path: string) => JSON.stringify(fileURLToPath(new URL(`../dist/${path}`, import.meta.url)));

/** What one server process does to have incidents told, built, and without the rest of it. */
const PROGRAM = `
import { notifier } from ${built("adapters/notify/notifier.js")};
import { openPool } from ${built("adapters/postgres/pool.js")};
const log = { info: () => {}, warn: () => {}, error: (words) => console.error(words) };
notifier(openPool(process.argv[1], log), { add: () => {} }, log).start();
process.on("disconnect", () => process.exit(0));
process.send("started");
`;

export interface NotifierChild {
  kill(): Promise<void>;
}

export async function startNotifierChild(databaseUrl: string): Promise<NotifierChild> {
  const child: ChildProcess = spawn(process.execPath, ["--input-type=module", "-e", PROGRAM, databaseUrl], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const gone = once(child, "exit");
  await Promise.race([
    once(child, "message"),
    gone.then(([code]) => {
      throw new Error(`The notifier ended with code ${String(code)}`);
    }),
  ]);
  return {
    kill: async () => {
      child.kill("SIGKILL");
      await gone;
    },
  };
}
