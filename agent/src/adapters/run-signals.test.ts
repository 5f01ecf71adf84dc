import { afterEach, expect, it } from "vitest";
import { RunSignals } from "./run-signals.ts";

let signals: RunSignals;
afterEach(() => signals.close());

it("what came while nobody waited is told once, and an end wins and stays", async () => {
  const before = process.listenerCount("SIGTERM");
  signals = new RunSignals();
  process.emit("SIGHUP");
  process.emit("SIGHUP");
  expect(await signals.next()).toBe("reload");
  const waited = signals.next();
  process.emit("SIGHUP");
  expect(await waited).toBe("reload");
  process.emit("SIGHUP");
  process.emit("SIGTERM");
  process.emit("SIGHUP");
  expect([await signals.next(), await signals.next()]).toEqual(["end", "end"]);
  // A second SIGTERM ends the process by itself.
  expect(process.listenerCount("SIGTERM")).toBe(before);
});
