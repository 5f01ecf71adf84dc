import type { Incident } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { IncidentWatch } from "./incident-watch.ts";

const incident = (id: string, changed_at: string): Incident => ({ id, changed_at }) as Incident;

function watched() {
  const world = { changed: [] as Incident[], asked: [] as number[], ms: 0, fails: false };
  const watch = new IncidentWatch({
    changedWithin: async (seconds) => {
      world.asked.push(seconds);
      if (world.fails) throw new Error("no database");
      return world.changed;
    },
  });
  const heard: string[] = [];
  const hearNoMore = watch.subscribe(({ id, changed_at }) => heard.push(`${id}@${changed_at}`));
  const look = async (seconds: number, ...changed: Incident[]) => {
    world.ms += seconds * 1000;
    world.changed = changed;
    await watch.look(() => world.ms);
  };
  return { world, heard, look, hearNoMore };
}

describe("who watches incidents", () => {
  it("hears each change once, and nothing of what was there before", async () => {
    const { heard, look, hearNoMore } = watched();
    await look(0, incident("1", "a"));
    await look(1, incident("1", "a"), incident("2", "a"));
    await look(1, incident("1", "b"), incident("2", "a"));
    await look(1);
    hearNoMore();
    await look(1, incident("3", "a"));
    expect(heard).toEqual(["2@a", "1@b"]);
  });
  it("misses nothing of an outage: the next look goes back to the last one that was answered, and a minute more", async () => {
    const { world, heard, look } = watched();
    await look(0);
    world.fails = true;
    await expect(look(1)).rejects.toThrow("no database");
    await expect(look(600)).rejects.toThrow("no database");
    world.fails = false;
    await look(10, incident("1", "a"));
    expect([world.asked, heard]).toEqual([[60, 61, 661, 671], ["1@a"]]);
  });
});
