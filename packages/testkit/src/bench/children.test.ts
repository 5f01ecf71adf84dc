import { EventEmitter } from "node:events";
import { expect, it } from "vitest";
import { endBeforeUs, heedSignals } from "./children.ts";

it("a signal ends what was begun, and the process only then; what is over is not ended again", async () => {
  const signals = new EventEmitter();
  const done: string[] = [];
  const exited = new Promise<number>((resolve) =>
    heedSignals(signals, (code) => {
      done.push("exit");
      resolve(code);
    }),
  );
  const forget = endBeforeUs(async () => void done.push("over"));
  forget();
  const forgetDatabase = endBeforeUs(async () => {
    await Promise.resolve();
    done.push("database");
  });
  const forgetBroken = endBeforeUs(() => Promise.reject(new Error("it hangs")));
  signals.emit("SIGTERM");
  expect(done).toEqual([]);
  expect(await exited).toBe(1);
  expect(done).toEqual(["database", "exit"]);
  forgetDatabase();
  forgetBroken();
});

it("a second signal waits for nothing", () => {
  const signals = new EventEmitter();
  const codes: number[] = [];
  heedSignals(signals, (code) => void codes.push(code));
  const forget = endBeforeUs(() => new Promise(() => {}));
  signals.emit("SIGINT");
  expect(codes).toEqual([]);
  signals.emit("SIGTERM");
  expect(codes).toEqual([1]);
  forget();
});

it("what no longer heeds signals leaves them to others", () => {
  const signals = new EventEmitter();
  const codes: number[] = [];
  const letGo = heedSignals(signals, (code) => void codes.push(code));
  letGo();
  expect([signals.emit("SIGTERM"), signals.emit("SIGINT"), codes]).toEqual([false, false, []]);
});
