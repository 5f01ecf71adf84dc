import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { holderOf, lockFolder } from "../src/adapters/folder-lock.ts";
import { readBootId } from "../src/wiring/boot-id.ts";
import { loggedIn } from "./helpers.ts";

const AGENT = join(import.meta.dirname, "../../bin/truebound-agent.js");
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "truebound-lock-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the data folder of an agent that runs", () => {
  it("is refused to a second one, and to unenroll, by one line that names the process; and is free when it ends", async () => {
    const env = { PATH: process.env.PATH ?? "", TRUEBOUND_AGENT_DATA_DIR: folder, TRUEBOUND_SOURCES: "127.0.0.1:9" };
    const run = (...args: string[]) => spawn(process.execPath, [AGENT, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
    const first = run("run");
    await expect.poll(() => holderOf(folder, readBootId()), { timeout: 20_000 }).not.toBeNull();
    for (const command of ["run", "unenroll"]) {
      const second = run(command);
      let said = "";
      second.stderr.on("data", (data) => (said += String(data)));
      const [code] = await once(second, "close");
      // It passes: whoever starts it may try again.
      expect([command, code]).toEqual([command, command === "run" ? 75 : 1]);
      expect(loggedIn(said).at(-1)?.said).toMatch(/^Cannot .*runs on .*, as process \d+; stop (that one|it) first$/);
    }
    first.kill("SIGTERM");
    await once(first, "close");
    expect([holderOf(folder, readBootId()), existsSync(join(folder, "agent.lock"))]).toEqual([null, false]);
  });
  it("is taken over from one that is gone, that is of another boot, or whose lock is torn", () => {
    for (const left of ['{"pid":1,"began":"7","bootId":"x"}', `{"pid":4194303,"began":"7","bootId":"${readBootId()}"}`, "{"]) {
      writeFileSync(join(folder, "agent.lock"), left);
      expect(holderOf(folder, readBootId())).toBeNull();
      lockFolder(folder, readBootId())();
      expect(existsSync(join(folder, "agent.lock"))).toBe(false);
    }
  });
});
