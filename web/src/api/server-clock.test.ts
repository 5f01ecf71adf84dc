import { describe, expect, it } from "vitest";
import { ServerClock } from "./server-clock.ts";

describe("the server's clock", () => {
  it("is unknown before the server has answered", () => {
    const clock = new ServerClock(() => 0);
    clock.heard(null);
    clock.heard("not a date");
    expect(clock.now_ms()).toBeNull();
  });
  it("runs on by elapsed time, keeps the latest supported reading, and follows a step back", () => {
    let elapsed_ms = 1000;
    const clock = new ServerClock(() => elapsed_ms);
    const start_ms = Date.parse("Mon, 23 Nov 2026 15:00:00 GMT");
    clock.heard("Mon, 23 Nov 2026 15:00:00 GMT");
    elapsed_ms = 1700;
    expect(clock.now_ms()).toBe(start_ms + 700);
    expect(clock.at_ms(1200)).toBe(start_ms + 200);
    clock.heard("Mon, 23 Nov 2026 15:00:00 GMT");
    expect(clock.now_ms()).toBe(start_ms + 700);
    clock.heard("Mon, 23 Nov 2026 15:00:01 GMT");
    expect(clock.now_ms()).toBe(start_ms + 1000);
    clock.heard("Mon, 23 Nov 2026 14:00:00 GMT");
    expect(clock.now_ms()).toBe(start_ms - 3_600_000);
  });
});
