import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { kernelFileSystemOf, unkeepable } from "./kernel-file-system.ts";

describe("a path on a file system of the kernel's own", () => {
  it.each(["/proc", "/proc/none", "/proc/none/of/these", "/proc/self/none"])("%s is told as proc, whether it is there or not", (path) =>
    expect(kernelFileSystemOf(path)).toBe("proc"),
  );
  it("is told as what the nearest folder that exists lies on", () => {
    const types: Readonly<Record<string, number>> = { "/": 0xef53, "/sys": 0x62656572, "/sys/fs/cgroup": 0x63677270, "/data": 0xef53 };
    const typeOf = (path: string) => types[path] ?? null;
    expect(["/sys/a/b", "/sys/fs/cgroup/a", "/data/a", "/a/b"].map((path) => kernelFileSystemOf(path, typeOf))).toEqual([
      "sysfs",
      "cgroup2",
      null,
      null,
    ]);
    expect(kernelFileSystemOf("/sys/a", () => null)).toBeNull();
  });
  it("keeps nothing, in words; another one may", () => {
    expect(unkeepable("/proc/none/agent")).toBe("it lies on proc, which holds the kernel's own words and keeps nobody's files");
    expect([unkeepable(join(tmpdir(), "none/yet")), unkeepable("not/there")]).toEqual([null, null]);
  });
});
