import { expect, it } from "vitest";
import { type TypedWindow, windowWish } from "./window-wish.ts";

const typed = (more: Partial<TypedWindow> = {}): TypedWindow => ({
  whose: "labels",
  hosts: "rack=r1, site=fra",
  from: "2026-11-28T06:00",
  to: "2026-11-28T08:00",
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

it.each([
  [{ hosts: "" }, /which labels/],
  [{ hosts: "rack" }, /Cannot read the label/],
  [{ whose: "names", hosts: " , " }, /Name the hosts/],
  [{ to: "" }, /when it ends/],
  [{ to: "2026-11-28T06:00" }, /after its beginning/],
  [{ comment: " " }, /what is done/],
] as const)("says what is wrong with %j", (more, why) => {
  expect(windowWish(typed(more), "ada")).toMatch(why);
});
