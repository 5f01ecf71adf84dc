import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fetched, integrityOf, tarballName } from "./fetched.ts";

describe("a pinned tarball", () => {
  let cache: string;
  beforeEach(() => {
    cache = mkdtempSync(join(tmpdir(), "truebound-pins-"));
  });
  afterEach(() => rmSync(cache, { recursive: true }));

  const pin = { name: "@koromix/koffi-linux-x64", version: "3.3.4", integrity: integrityOf(Buffer.from("right")) };
  it("is taken from the cache where its content is what was pinned", () => {
    const path = join(cache, tarballName(pin));
    writeFileSync(path, "right");
    expect(fetched(pin, cache)).toBe(path);
    expect(tarballName(pin)).toBe("koromix-koffi-linux-x64-3.3.4.tgz");
  });
  it("is refused and removed where it is not", () => {
    const path = join(cache, tarballName(pin));
    writeFileSync(path, "wrong");
    expect(() => fetched(pin, cache)).toThrow(/^Cannot use @koromix\/koffi-linux-x64@3\.3\.4: its tarball is sha512-/);
    expect(existsSync(path)).toBe(false);
  });
  it("has its integrity in npm's form", () => {
    expect(integrityOf(Buffer.from(""))).toBe(
      "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==",
    );
  });
});
