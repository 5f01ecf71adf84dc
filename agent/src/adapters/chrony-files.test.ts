import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { chronySettings } from "../discover/chrony-conf.ts";
import { matchesGlob, readChronyArguments, readChronyFiles } from "./chrony-files.ts";

describe("chrony's configuration on disk", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "truebound-chrony-"));
    for (const name of ["a", "b", "s"]) mkdirSync(join(folder, name));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (name: string, ...lines: string[]) => writeFileSync(join(folder, name), `${lines.join("\n")}\n`);
  const read = () => {
    const files = readChronyFiles(join(folder, "c.conf"));
    return { ...chronySettings(files?.directives ?? []), unread: files?.unread };
  };

  it("is read in the daemon's order: an include counts where it stands", () => {
    write("c.conf", "maxslewrate 1", `include ${folder}/a/one.conf`, "server last");
    write("a/one.conf", "maxslewrate 2", "server first");
    expect(read()).toMatchObject({ maxSlewPpm: 2, unread: [] });
    expect(read().sources.map(({ host }) => host)).toEqual(["first", "last"]);
    write("c.conf", `include ${folder}/a/*.conf`, "maxslewrate 1");
    expect(read().maxSlewPpm).toBe(1);
  });

  it("takes folders by file name, and of one name the first folder's", () => {
    write("c.conf", `confdir ${folder}/a ${folder}/b ${folder}/missing`);
    write("a/20.conf", "maxslewrate 20");
    write("b/10.conf", "maxslewrate 10");
    write("b/20.conf", "maxslewrate 21");
    write("b/30.off", "maxslewrate 30");
    expect(read()).toMatchObject({ maxSlewPpm: 20, unread: [] });
  });

  it("takes nothing but sources from a folder of sources", () => {
    write("c.conf", `sourcedir ${folder}/s`);
    write("s/dhcp.sources", "server 192.0.2.7 iburst", "maxslewrate 7");
    expect(read()).toMatchObject({ maxSlewPpm: 83_333.333, unread: [] });
    expect(read().sources.map(({ host }) => host)).toEqual(["192.0.2.7"]);
  });

  it("ends, whatever includes whatever, and says what it left out", () => {
    write("c.conf", `include ${folder}/c.conf`, "maxslewrate 5");
    expect(read().unread).toEqual(["more than 10 levels of includes"]);
    write("c.conf", ...Array.from({ length: 100 }, () => `include ${folder}/a/x.conf`));
    write("a/x.conf", "rtcsync");
    expect(read().unread?.[0]).toContain("more than 64 files");
    write("a/x.conf", "#".repeat(600_000));
    write("c.conf", `include ${folder}/a/x.conf`, `include ${folder}/a/x.conf`);
    expect(read().unread).toEqual([`${folder}/a/x.conf: too large`]);
  });

  it("does not wait for a pipe in a file's place", () => {
    execFileSync("mkfifo", [join(folder, "a/pipe.conf")]);
    write("c.conf", `include ${folder}/a/pipe.conf`, `include ${folder}/a/none.conf`, `include ${folder}/a`);
    expect(read().unread).toEqual([
      `${folder}/a/pipe.conf: not a regular file`,
      `${folder}/a/none.conf: ENOENT`,
      `${folder}/a: not a regular file`,
    ]);
  });

  it("tells an absent configuration from a closed one", () => {
    expect(readChronyFiles(join(folder, "none.conf"))).toBeNull();
    write("c.conf", "rtcsync");
    chmodSync(join(folder, "c.conf"), 0o000);
    // root reads it all the same
    expect(readChronyFiles(join(folder, "c.conf"))?.unread).toEqual(process.getuid?.() === 0 ? [] : [`${folder}/c.conf: EACCES`]);
  });

  it("follows directives of a command line", () => {
    write("a/one.conf", "maxslewrate 2");
    expect(chronySettings(readChronyArguments(["server x iburst", `include ${folder}/a/one.conf`]).directives).maxSlewPpm).toBe(2);
  });
});

describe("a shell's wildcards", () => {
  it.each([
    ["*.conf", "a.conf", true],
    ["*.conf", "a.confx", false],
    ["*.conf", ".a.conf", false],
    [".*.conf", ".a.conf", true],
    ["a?c", "abc", true],
    ["a?c", "ac", false],
    ["[0-9][!a]*", "1bc", true],
    ["[0-9][!a]*", "1ac", false],
    ["[", "[", true],
    ["*a*b", "xaybzb", true],
    ["", "", true],
  ])("%s on %s: %s", (pattern, name, matches) => expect(matchesGlob(pattern, name)).toBe(matches));
  it("end in time on every pattern", () => {
    const hard = fc.array(fc.constantFrom("*", "a", "?", "[a-b]", "["), { maxLength: 60 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(hard, fc.string({ maxLength: 60 }), (pattern, name) => typeof matchesGlob(pattern, name) === "boolean"),
      { numRuns: 2000 },
    );
    expect(matchesGlob("*a".repeat(50), "a".repeat(200))).toBe(true);
    expect(matchesGlob(`${"*a".repeat(50)}b`, "a".repeat(2000))).toBe(false);
  });
});
