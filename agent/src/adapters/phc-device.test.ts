import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ppb, raw, utc } from "@truebound/time";
import { afterAll, describe, expect, it } from "vitest";
import { loadLibc } from "./libc.ts";
import { type PhcCalls, PhcDevice, phcCalls } from "./phc-device.ts";
import * as layout from "./phc-layout.ts";

const folder = mkdtempSync(join(tmpdir(), "truebound-phc-"));
afterAll(() => rmSync(folder, { recursive: true }));

const SECOND = 1_000_000_000n;
const REALTIME_MINUS_RAW = 1_795_000_000n * SECOND;
/** The card keeps TAI and is 40 ns ahead of REALTIME + 37 s. */
const PHC_MINUS_RAW = REALTIME_MINUS_RAW + 37n * SECOND + 40n;

type Answers = Partial<Record<"precise" | "extended" | "extended_realtime" | "offset" | "gettime", true>>;

/** A kernel and a card that answer these calls only. Each read of a clock takes 100 ns of RAW, and the look at the host's 50. */
function machine(answers: Answers, more: Partial<PhcCalls> = {}): PhcCalls & { readonly closed: number[] } {
  let now = 5n * SECOND;
  const tick = (by: bigint) => {
    now += by;
    return now;
  };
  const put = (bytes: Uint8Array, index: number, value: bigint) => {
    const view = new DataView(bytes.buffer);
    view.setBigInt64(16 * index, value / SECOND, true);
    view.setUint32(16 * index + 8, Number(value % SECOND), true);
  };
  const closed: number[] = [];
  const fill = (bytes: Uint8Array, triple: boolean, shift: bigint) => {
    const count = new DataView(bytes.buffer).getUint32(0, true);
    for (let index = 0; index < count; index++) {
      const at = 1 + index * (triple ? 3 : 2);
      put(bytes, at, (triple || index === 0 ? tick(100n) : now) + shift);
      put(bytes, at + 1, tick(100n) + PHC_MINUS_RAW);
      put(bytes, at + 2, tick(index === 2 ? 60n : 100n) + shift);
    }
  };
  return {
    closed,
    open: () => 7,
    close: (fd) => void closed.push(fd),
    text: () => null,
    look: () => {
      const before = tick(50n);
      return { rawBefore: raw(before), realtime: utc(before + REALTIME_MINUS_RAW), rawAfter: raw(tick(50n)), slew: ppb(0n) };
    },
    gettime: (clock) => (clock === 4 ? tick(400n) : answers.gettime ? tick(400n) + PHC_MINUS_RAW : null),
    ioctl: (_, request, bytes) => {
      const clock = new DataView(bytes.buffer).getInt32(4, true);
      if (request === layout.PTP_SYS_OFFSET_PRECISE && answers.precise) {
        put(bytes, 0, now + PHC_MINUS_RAW);
        put(bytes, 2, now);
        return true;
      }
      const isExtended = clock === 4 ? answers.extended : answers.extended_realtime;
      if (request === layout.PTP_SYS_OFFSET_EXTENDED && isExtended) {
        fill(bytes, true, clock === 4 ? 0n : REALTIME_MINUS_RAW);
        return true;
      }
      if (request !== layout.PTP_SYS_OFFSET || !answers.offset) return false;
      fill(bytes, false, REALTIME_MINUS_RAW);
      return true;
    },
    ...more,
  };
}

const readBy = (answers: Answers) => {
  const read = new PhcDevice("/dev/ptp0", machine(answers)).read();
  return typeof read === "string" ? read : { method: read.method, width: read.rawAfter - read.rawBefore, read };
};

describe("a card's clock beside RAW", () => {
  it.each([
    ["precise", { precise: true, extended: true, gettime: true }, 1n],
    ["extended", { extended: true, extended_realtime: true, offset: true, gettime: true }, 161n],
    ["extended_realtime", { extended_realtime: true, offset: true, gettime: true }, 261n],
    ["offset", { offset: true, gettime: true }, 261n],
    ["gettime", { gettime: true }, 800n],
  ] as const)("is read by the best way that kernel and card have: %s", (method, answers, widest) => {
    const read = readBy(answers);
    if (typeof read === "string") throw new Error(read);
    expect(read.method).toBe(method);
    expect(read.width).toBeLessThanOrEqual(widest);
    // What the card showed, it showed within the bracket.
    const shownAt = read.read.realtime - PHC_MINUS_RAW;
    expect(read.read.rawBefore <= shownAt && shownAt <= read.read.rawAfter).toBe(true);
  });
  it("is refused where nothing answers, and opened anew the next time", () => {
    const calls = machine({});
    const device = new PhcDevice("/dev/ptp0", calls);
    expect([device.read(), calls.closed]).toEqual(["phc_failed", [7]]);
    expect(new PhcDevice("/dev/ptp0", { ...calls, open: () => "phc_denied" }).read()).toBe("phc_denied");
  });
  it("has the error that the driver of AWS's card tells, or none", () => {
    const told = (text: string | null) => new PhcDevice("/dev/ptp1", machine({}, { text: () => text })).errorBound();
    expect(["12500\n", "0\n", "4294967295\n", "-5\n", "soon\n", null].map(told)).toEqual([12_500n, null, null, null, null, null]);
    const asked: string[] = [];
    const text = (path: string) => {
      asked.push(path);
      return null;
    };
    new PhcDevice("/dev/ptp1", machine({}, { text })).errorBound();
    expect(asked).toEqual(["/sys/class/ptp/ptp1/device/phc_error_bound"]);
  });
  it("says how fast it can go, where its driver does: what that allows, and the two oscillators' own errors", () => {
    const caps =
      (most: number): PhcCalls["ioctl"] =>
      (_, request, bytes) => {
        new DataView(bytes.buffer).setInt32(0, most, true);
        return request === layout.PTP_CLOCK_GETCAPS;
      };
    const slew = (most: number) => new PhcDevice("/dev/ptp0", machine({}, { ioctl: caps(most) })).maxSlew();
    expect([slew(62_499_999), slew(0)]).toEqual([63_099_999n, null]);
    expect(new PhcDevice("/dev/ptp0", machine({})).maxSlew()).toBe(null);
  });
  it.runIf(loadLibc().libc !== null)("calls the kernel for real: a file is no clock, and what is not there is named", () => {
    const look = machine({}).look;
    const file = join(folder, "ptp0");
    writeFileSync(file, "");
    const calls = phcCalls(loadLibc().libc, look);
    expect(new PhcDevice(file, calls).read()).toBe("phc_failed");
    expect(new PhcDevice(join(folder, "ptp1"), calls).read()).toBe("phc_absent");
    expect(new PhcDevice(file, phcCalls(null, look)).read()).toBe("phc_no_native_code");
  });
});
