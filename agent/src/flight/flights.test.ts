import { describe, expect, it } from "vitest";
import type { Timers } from "../timers.ts";
import { Flights } from "./flights.ts";

function flights() {
  const timers: { readonly ms: number; readonly act: () => void }[] = [];
  const written: string[] = [];
  const later: Timers["later"] = (ms, act) => void timers.push({ ms, act });
  return { flights: new Flights({ timers: { later } as Timers, write: (incident) => written.push(incident) }), timers, written };
}

describe("incidents for which a record is wanted", () => {
  it("are waited for five minutes each, and written once, however often they are asked for", () => {
    const { flights: wanted, timers, written } = flights();
    for (const incident of ["7", "7", null, "8", "7"]) wanted.offer(incident);
    expect(timers.map(({ ms }) => ms)).toEqual([300_000, 300_000]);
    for (const { act } of timers) act();
    wanted.offer("8");
    expect([written, timers.length]).toEqual([["7", "8"], 2]);
  });
  it("are written at once when the agent stops, and not again", () => {
    const { flights: wanted, timers, written } = flights();
    wanted.offer("7");
    wanted.end();
    for (const { act } of timers) act();
    expect(written).toEqual(["7"]);
  });
});
