import { describe, expect, it } from "vitest";
import { LimitAlarm } from "./limit-alarm.ts";

const LIMIT = 100;
const within = { lo: -50n, hi: 50n };
const beyond = { lo: -50n, hi: 150n };

function alarm() {
  const clock = { ms: 0 };
  const planned: { readonly ms: number; readonly act: () => unknown }[] = [];
  const reports: number[] = [];
  const alarmed: LimitAlarm = new LimitAlarm({
    report: () => {
      reports.push(clock.ms);
      alarmed.reported();
    },
    timers: { later: (ms, act) => void planned.push({ ms, act }) },
    now: () => clock.ms,
  });
  const look = (ms: number, offset = within) => {
    clock.ms = ms;
    alarmed.look(offset, LIMIT);
    alarmed.tell();
  };
  return { alarmed, look, planned, reports, clock };
}

describe("a limit that was left", () => {
  it("is reported at once, and once more when the server has looked", () => {
    const { look, planned, reports, clock } = alarm();
    look(0);
    look(10, beyond);
    look(20, beyond);
    expect([reports, planned.map(({ ms }) => ms)]).toEqual([[10], [2000]]);
    clock.ms = 2_010;
    planned[0]?.act();
    expect([reports, planned.length]).toEqual([[10, 2_010], 1]);
  });
  it("is told by any report that comes first, and the server asked back all the same", () => {
    const { alarmed, planned, reports } = alarm();
    alarmed.look(within, LIMIT);
    alarmed.look(beyond, LIMIT);
    alarmed.reported();
    alarmed.tell();
    expect([reports, planned.length]).toEqual([[], 1]);
  });
  it("waits where too much was told already, and is not forgotten", () => {
    const { look, reports } = alarm();
    look(0);
    look(10, beyond);
    look(20);
    look(30, beyond);
    expect(reports).toEqual([10]);
    look(1_010, beyond);
    expect(reports).toEqual([10, 1_010]);
  });
  it("is none where there is no limit", () => {
    const { alarmed, reports } = alarm();
    for (const offset of [within, beyond, null]) alarmed.look(offset, null);
    alarmed.tell();
    expect(reports).toEqual([]);
  });
});
