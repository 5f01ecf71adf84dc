import { describe, expect, it } from "vitest";
import { refuse } from "../refusal.ts";
import type { ToldStamps } from "./ask-stamps.ts";
import { BadLines } from "./bad-lines.ts";
import { MOST_JOBS, StampJobs } from "./stamp-jobs.ts";

const TOLD: ToldStamps = { format: "csv", text: (async function* () {})(), bad: new BadLines() };
const asked = async () => TOLD;
const told = async () => {};

describe("jobs of stamps", () => {
  it("are refused while all places are taken, with when to come again, and before anything is read", async () => {
    const counted: string[] = [];
    const jobs = new StampJobs((outcome) => counted.push(outcome));
    let resolve = () => {};
    const promise = new Promise<void>((done) => {
      resolve = done;
    });
    const running = Array.from({ length: MOST_JOBS }, () => jobs.run(asked, () => promise));
    let isRead = false;
    const one = await jobs.run(async () => {
      isRead = true;
      return TOLD;
    }, told);
    expect([one, isRead]).toEqual([expect.objectContaining({ refused: "rate", retrySeconds: 30 }), false]);
    resolve();
    expect(await Promise.all(running)).toEqual([null, null]);
    expect(await jobs.run(asked, told)).toBeNull();
    expect([counted, jobs.running]).toEqual([["busy", "answered", "answered", "answered"], 0]);
  });
  it("leave their place whatever becomes of them", async () => {
    const counted: string[] = [];
    const jobs = new StampJobs((outcome) => counted.push(outcome));
    const refusal = refuse("bad_request", "Cannot");
    for (let n = 0; n <= MOST_JOBS; n++) {
      expect(await jobs.run(async () => refusal, told)).toBe(refusal);
      await expect(
        jobs.run(asked, async () => {
          throw new Error("gone");
        }),
      ).rejects.toThrow("gone");
    }
    expect(new Set(counted)).toEqual(new Set(["refused", "failed"]));
    expect(jobs.running).toBe(0);
  });
});
