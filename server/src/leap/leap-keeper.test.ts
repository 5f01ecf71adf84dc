import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { parseLeapList, renderLeapList, utc } from "@truebound/time";
import { describe, expect, it } from "vitest";
import { type LeapFile, LeapKeeper } from "./leap-keeper.ts";

const sha1 = (ascii: string) => createHash("sha1").update(ascii, "ascii").digest("hex");
const SHIPPED = readFileSync(new URL("../../data/leap-seconds.list", import.meta.url), "latin1");
const moved = (days: number) => {
  const list = parseLeapList(SHIPPED, sha1);
  if ("refused" in list) throw new Error(list.refused);
  return renderLeapList({ ...list, expires: utc(list.expires + BigInt(days) * 86_400_000_000_000n) }, sha1);
};
const DAMAGED = SHIPPED.replace("\t37", "\t36");

function open(first: string | null | undefined) {
  const logged: string[] = [];
  const log = { info: (text: string) => logged.push(text), warn: (text: string) => logged.push(text), error: () => undefined };
  const file = { text: first };
  const named = (): LeapFile | null => {
    if (file.text === undefined) return null;
    return file.text === null ? { path: "/l", text: null, trouble: "there is no such file" } : { path: "/l", text: file.text };
  };
  return { keeper: LeapKeeper.open({ shipped: () => ({ path: "/s", text: SHIPPED }), named }, sha1, log), logged, file };
}
const pathOf = (text: string | undefined) => {
  const { keeper } = open(text);
  return typeof keeper === "string" ? keeper : keeper.kept.path;
};

describe("the leap list that agents are given", () => {
  it("is the shipped one, or the named one where that reaches farther", () => {
    expect([undefined, moved(180), moved(-180), SHIPPED].map(pathOf)).toEqual(["/s", "/l", "/s", "/s"]);
    expect(open(moved(-180)).logged).toEqual([expect.stringContaining("reaches no farther")]);
  });
  it("is sent without its comments", () => {
    const { keeper } = open(`# much\n# to say\n${moved(180)}`);
    expect(typeof keeper === "string" ? keeper : keeper.kept.text).toBe(moved(180));
  });
  it("stops the start when it is damaged or missing, in words that help", () => {
    expect(open(DAMAGED).keeper).toBe(
      "Cannot use the leap list /l: its #h line is not the SHA-1 of its data: it is damaged or was edited; fetch it anew, or unset TRUEBOUND_LEAP_FILE",
    );
    expect(open(null).keeper).toBe("Cannot read the leap list /l: there is no such file, or unset TRUEBOUND_LEAP_FILE");
  });
  it("is renewed while the server runs; a bad one is told once and changes nothing", () => {
    const { keeper, logged, file } = open(SHIPPED);
    if (typeof keeper === "string") throw new Error(keeper);
    logged.length = 0;
    for (const text of [DAMAGED, DAMAGED, null, moved(180), moved(180), moved(90)]) {
      file.text = text;
      keeper.look();
    }
    expect(keeper.kept.text).toBe(moved(180));
    expect(logged).toEqual([
      expect.stringContaining("/l: its #h line"),
      expect.stringContaining("there is no such file; the last good list stays in use"),
      "Agents are given the leap list /l from now on",
    ]);
  });
});
