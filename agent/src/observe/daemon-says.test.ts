import { raw, STA_UNSYNC } from "@truebound/time";
import { claimsIn } from "@truebound/wire";
import { expect, it } from "vitest";
import { parseTracking } from "./chronyc.ts";
import { daemonSays } from "./daemon-says.ts";

const KERNEL = { freq: 0n, tick: 10_000n, offset: -40n, status: 0, constant: 2n, maxError: 12n, estimatedError: 3n, tai: 37 };
const asked = { rawAfter: raw(100n) };

it("says what chronyd and the kernel claim, in ns and in our sign", () => {
  const text = "C0000201,192.0.2.1,3,1795770000.1,0.000000250,-0.000000100,0.000001,1.5,0.001,0.02,0.000400001,0.000300000,16.2,Normal\n";
  const tracking = parseTracking(text);
  if ("field" in tracking) throw new Error(tracking.text);
  expect(daemonSays(tracking, { asked, answered: { rawAfter: raw(900n), kernel: KERNEL } })).toEqual({
    asked_raw_ns: "100",
    raw_ns: "900",
    chronyd: {
      offset_ns: "250",
      root_delay_ns: "400001",
      root_dispersion_ns: "300000",
      stratum: 3,
      follows: "192.0.2.1",
      is_synchronised: true,
    },
    kernel: { offset_ns: "-40", max_error_ns: "12000", estimated_error_ns: "3000", is_synchronised: true },
  });
});

it("leaves out who says nothing, and tells who does not vouch", () => {
  const answered = { rawAfter: raw(900n), kernel: { ...KERNEL, status: STA_UNSYNC } };
  expect(daemonSays(null, { asked, answered }).kernel?.is_synchronised).toBe(false);
  expect(daemonSays(null, { asked, answered: { rawAfter: raw(900n), kernel: null } })).toEqual({ asked_raw_ns: "100", raw_ns: "900" });
});

it("says why nothing is taken from the kernel", () => {
  const answered = { rawAfter: raw(900n), kernel: null, kernelRefusal: "offset_glitch" } as const;
  expect(daemonSays(null, { asked, answered })).toEqual({ asked_raw_ns: "100", raw_ns: "900", kernel_refused: "offset_glitch" });
});

it("says what ntpd and timesyncd claim, and of timesyncd nothing where the kernel cannot be asked by how much it strayed since", () => {
  const said = {
    offsetNs: -500n,
    rootDelayNs: 200n,
    rootDispersionNs: 300n,
    stratum: 3,
    follows: "192.0.2.1",
    followsItself: false,
    isSynchronised: true,
  };
  const says = daemonSays(null, { asked, answered: { rawAfter: raw(900n), kernel: KERNEL } }, { ntpd: said, timesyncd: said });
  expect(says.timesyncd).toMatchObject({ root_dispersion_ns: "12300", is_synchronised: true });
  // Of a measured offset anything up to all of it may be left.
  expect(claimsIn(says).map(({ claimant, interval }) => [claimant, interval])).toEqual([
    ["ntpd", { lo: -900n, hi: 400n }],
    ["timesyncd", { lo: -12_900n, hi: 12_400n }],
    ["kernel", { lo: -12_040n, hi: 11_960n }],
  ]);
  const blind = daemonSays(null, { asked, answered: { rawAfter: raw(900n), kernel: null } }, { timesyncd: said });
  expect(claimsIn(blind)).toEqual([{ claimant: "timesyncd", interval: null }]);
});
