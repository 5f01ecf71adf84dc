import { expect, it } from "vitest";
import { type TypedWindow, weeklyOf, windowWish } from "./window-wish.ts";

const typed = (more: Partial<TypedWindow> = {}): TypedWindow => ({
  whose: "labels",
  hosts: "rack=r1, site=fra",
  rhythm: "once",
  from: "2026-11-28T06:00",
  to: "2026-11-28T08:00",
  days: ["sat", "sun"],
  at: "22:00",
  until: "02:30",
  timezone: "Europe/Berlin",
  comment: " the rack moves ",
  ...more,
});

it("asks for hosts by labels, by names, or for every host, in UTC", () => {
  expect(windowWish(typed(), "ada")).toEqual({
    labels: { rack: "r1", site: "fra" },
    from: "2026-11-28T06:00:00Z",
    to: "2026-11-28T08:00:00Z",
    comment: "the rack moves",
    who: "ada",
  });
  expect(windowWish(typed({ whose: "names", hosts: "db-1, db-2", from: "" }), "ada")).toEqual({
    names: ["db-1", "db-2"],
    labels: {},
    to: "2026-11-28T08:00:00Z",
    comment: "the rack moves",
    who: "ada",
  });
  expect(windowWish(typed({ whose: "all", hosts: "" }), "ada")).toMatchObject({ labels: {} });
});

it("asks for every week by days, a time of day and how long it lasts, over midnight too", () => {
  const weekly = { days: ["sat", "sun"], at: "22:00", for_s: 16_200, timezone: "Europe/Berlin" };
  expect(windowWish(typed({ rhythm: "weekly", whose: "all" }), "ada")).toEqual({
    labels: {},
    weekly,
    comment: "the rack moves",
    who: "ada",
  });
  expect(weeklyOf(typed({ at: "02:00", until: "04:00" }))).toMatchObject({ for_s: 7_200 });
  expect(weeklyOf(typed({ at: "02:00", until: "02:00" }))).toMatchObject({ for_s: 86_400 });
});

it.each([
  [{ rhythm: "weekly", days: [] }, /days of the week/],
  [{ rhythm: "weekly", at: "" }, /it begins/],
  [{ rhythm: "weekly", until: "24:00" }, /it ends/],
  [{ rhythm: "weekly", timezone: " " }, /which timezone/],
  [{ hosts: "" }, /which labels/],
  [{ hosts: "rack" }, /Cannot read the label/],
  [{ whose: "names", hosts: " , " }, /Name the hosts/],
  [{ to: "" }, /when it ends/],
  [{ to: "2026-11-28T06:00" }, /after its beginning/],
  [{ comment: " " }, /what is done/],
] as const)("says what is wrong with %j", (more, why) => {
  expect(windowWish(typed(more), "ada")).toMatch(why);
});
