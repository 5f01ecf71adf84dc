import { expect, it } from "vitest";
import { stopRequest } from "./signals.ts";

it("takes a Ctrl-C that npm passes on a second time for one, and forces by a later one", async () => {
  let [now, forced] = [0, 0];
  const before = process.listeners("SIGINT");
  const asked = stopRequest(
    () => {
      forced += 1;
    },
    () => now,
  );
  const hear = process.listeners("SIGINT").find((listener) => !before.includes(listener)) as NodeJS.SignalsListener;
  process.off("SIGINT", hear).off("SIGTERM", hear);
  hear("SIGINT");
  now = 999;
  hear("SIGINT");
  expect([await asked, forced]).toEqual(["SIGINT", 0]);
  now = 1_000;
  hear("SIGINT");
  expect(forced).toBe(1);
});
