import { expect, it } from "vitest";
import { ownName } from "./surroundings.ts";

it("who runs this has a name, where the system knows none too", () => {
  expect(ownName(() => ({ username: "ada" }))).toBe("ada");
  const unknown = () => {
    throw new Error("uv_os_get_passwd returned ENOENT");
  };
  expect(ownName(unknown)).toBe(`uid ${process.getuid?.()}`);
});
