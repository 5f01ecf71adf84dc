import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { loadLibc } from "./libc.ts";
import { readPtpClocks } from "./ptp-clocks.ts";

const folder = mkdtempSync(join(tmpdir(), "truebound-ptp-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("names the clocks of the hardware, and why one cannot be read; what is none is no clock", () => {
  const [known, devices] = [join(folder, "class"), join(folder, "dev")];
  for (const name of ["ptp0", "ptp1", "pps0", "ptp_kvm"]) mkdirSync(join(known, name), { recursive: true });
  mkdirSync(devices);
  writeFileSync(join(known, "ptp0/clock_name"), "ice-0000:00:05.0\n");
  writeFileSync(join(known, "ptp1/clock_name"), "\u001b[31mevil\n");
  // A file that is open is no clock.
  writeFileSync(join(devices, "ptp0"), "");
  const without = loadLibc().libc === null ? "no_native_code" : null;
  expect(readPtpClocks(known, devices)).toEqual([
    { device: "ptp0", driver: "ice-0000:00:05.0", state: without ?? "failed", minusRealtime: null },
    { device: "ptp1", driver: null, state: without ?? "absent", minusRealtime: null },
  ]);
});
it("finds none where there is none", () => expect(readPtpClocks(join(folder, "nowhere"))).toEqual([]));
