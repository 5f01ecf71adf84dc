import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const FOLDER = join(import.meta.dirname, "../deploy/ansible");
const noLinter = spawnSync("ansible-lint", ["--version"]).status !== 0;

describe.skipIf(noLinter)("the Ansible role (skipped: ansible-lint not found)", { timeout: 120_000 }, () => {
  it("passes the linter's strictest profile", () => {
    const { status, stdout, stderr } = spawnSync("ansible-lint", ["--offline", "--nocolor", "-p"], { cwd: FOLDER, encoding: "utf8" });
    expect([stdout.trim(), status, status === 0 ? "" : stderr]).toEqual(["", 0, ""]);
  });
});
