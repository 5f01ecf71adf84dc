import { existsSync, mkdirSync, mkdtempSync, rmdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Textfile } from "./textfile.ts";

const folder = mkdtempSync(join(tmpdir(), "truebound-textfile-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function textfileAt(name: string, page: () => Promise<string> = async () => "truebound_agent_info 1\n") {
  const logged: string[] = [];
  const path = join(folder, name);
  return { path, logged, file: new Textfile(path, page, (_, message) => logged.push(message)) };
}

describe("a file for node_exporter", () => {
  it("that cannot be made costs one warning and nothing else", async () => {
    const { path, logged, file } = textfileAt("page.prom", () => Promise.reject(new Error("no clock")));
    await file.start();
    expect([logged.length, logged[0]]).toEqual([1, `cannot write ${path} (TRUEBOUND_TEXTFILE): no clock; tried again each 15 s`]);
    file.close();
  });
  it("that cannot be removed costs one warning, for whoever ends has more to do", async () => {
    const { path, logged, file } = textfileAt("folder.prom");
    mkdirSync(path);
    file.close();
    expect(logged).toEqual([
      expect.stringMatching(/^cannot remove .*folder\.prom \(TRUEBOUND_TEXTFILE\): .*; what it says is of the past$/),
    ]);
  });
  it("leaves no draft behind where it could not be put in its place", async () => {
    const { path, file } = textfileAt("draft.prom");
    mkdirSync(path);
    await file.start();
    rmdirSync(path);
    file.close();
    expect(existsSync(`${path}.new`)).toBe(false);
  });
});
