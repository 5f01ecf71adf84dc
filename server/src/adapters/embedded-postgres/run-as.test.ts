import { describe, expect, it } from "vitest";
import { firstNamed, parsePasswd } from "./run-as.ts";

const PASSWD = `root:x:0:0:root:/root:/bin/bash
# a comment:x:1:1:
+::::::
postgres:x:101:104:PostgreSQL administrator,,,:/var/lib/postgresql:/bin/bash
broken:x:abc:1:
truebound:x:998:998::/nonexistent:/usr/sbin/nologin
`;

describe("the user that PostgreSQL runs as", () => {
  it("is read from passwd, other lines aside", () => {
    expect(parsePasswd(PASSWD)).toEqual([
      { name: "root", uid: 0, gid: 0 },
      { name: "postgres", uid: 101, gid: 104 },
      { name: "truebound", uid: 998, gid: 998 },
    ]);
  });

  it("is the first of the names that exists", () => {
    expect(firstNamed(parsePasswd(PASSWD), ["postgres", "truebound"])?.uid).toBe(101);
    expect(firstNamed(parsePasswd(PASSWD), ["nobody", "truebound"])?.uid).toBe(998);
    expect(firstNamed(parsePasswd(PASSWD), ["nobody"])).toBeUndefined();
  });

  it("is never a second name of root", () => {
    expect(firstNamed(parsePasswd("postgres:x:0:0::/:/bin/sh\n"), ["postgres"])).toBeUndefined();
  });
});
