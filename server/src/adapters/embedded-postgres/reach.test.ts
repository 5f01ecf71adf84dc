import { describe, expect, it } from "vitest";
import { ancestors, type FolderMode, firstClosed, mayEnter } from "./reach.ts";

const POSTGRES = { uid: 101, gid: 104 };
const folder = (mode: number, uid = 0, gid = 0, path = "/x"): FolderMode => ({ path, uid, gid, mode: 0o40000 | mode });

describe("mayEnter", () => {
  it.each([
    ["root's private folder", folder(0o700), false],
    ["root's folder that all may pass", folder(0o711), true],
    ["root's folder that all may only list", folder(0o744), false],
    ["its own private folder", folder(0o700, 101), true],
    ["its own folder without the owner's bit", folder(0o077, 101), false],
    ["its group's folder", folder(0o710, 0, 104), true],
    ["its group's folder that only others may pass", folder(0o701, 0, 104), false],
  ])("%s", (_, found, answer) => {
    expect(mayEnter(found, POSTGRES)).toBe(answer);
  });
});

describe("the way to a folder", () => {
  it("goes from the root down", () => {
    expect(ancestors("/a/b")).toEqual(["/", "/a", "/a/b"]);
    expect(ancestors("/")).toEqual(["/"]);
  });

  it("names the outermost closed folder", () => {
    const way = [folder(0o755, 0, 0, "/"), folder(0o700, 0, 0, "/root"), folder(0o700, 0, 0, "/root/data")];
    expect(firstClosed(way, POSTGRES)?.path).toBe("/root");
    expect(firstClosed(way.slice(0, 1), POSTGRES)).toBeUndefined();
  });
});
