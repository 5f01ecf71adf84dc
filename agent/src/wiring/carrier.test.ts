import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { CarrierFileError } from "../adapters/carrier-files.ts";
import { runSpool, writeJoinRequest } from "./carrier.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "carrier-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const env = () => ({ TRUEBOUND_AGENT_DATA_DIR: join(folder, "data") });

it("writes through no link that a medium brings, and says what it cannot write or read", async () => {
  const [own, link] = [join(folder, "own"), join(folder, "link")];
  writeFileSync(own, "precious");
  symlinkSync(own, link);
  expect(() => writeJoinRequest(link, env())).toThrow(new CarrierFileError(`Cannot write ${link}: it is a symbolic link; delete it`));
  expect(readFileSync(own, "utf8")).toBe("precious");
  expect(() => writeJoinRequest(join(folder, "none/x"), env())).toThrow(CarrierFileError);
  await expect(runSpool(["show", join(folder, "none")], env())).rejects.toThrow(CarrierFileError);
  expect(writeJoinRequest(own, env())).toBe(0);
  expect(readFileSync(own, "utf8")).toContain("join/1");
});
