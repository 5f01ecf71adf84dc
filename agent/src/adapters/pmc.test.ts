import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it, vi } from "vitest";
import { askPtp4l } from "./pmc.ts";

const folder = mkdtempSync(join(tmpdir(), "truebound-pmc-test-"));
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

it("is answered in the service's folder of /run where it has one: ptp4l does not see a /tmp of the service's own", async () => {
  const program = join(folder, "pmc");
  writeFileSync(program, `#!/bin/sh\necho "$*" > ${folder}/asked\n`);
  chmodSync(program, 0o755);
  vi.stubEnv("RUNTIME_DIRECTORY", folder);
  await askPtp4l({ program, socket: "/nowhere" });
  expect(readFileSync(join(folder, "asked"), "utf8")).toContain(` -i ${folder}/pmc-`);
});

it("is silent where pmc was not answered twice: a ptp4l that hangs is no port that was closed", async () => {
  const program = join(folder, "silent");
  writeFileSync(program, `#!/bin/sh\necho once >> ${folder}/times\necho 'sending: GET TIME_STATUS_NP'\n`);
  chmodSync(program, 0o755);
  expect((await askPtp4l({ program, socket: "/nowhere" })).kind).toBe("timeout");
  expect(readFileSync(join(folder, "times"), "utf8")).toBe("once\nonce\n");
});
