import { expect, it } from "vitest";
import { asked, DECLARED } from "./held-against.tsx";

it("asks for scopes or for profiles, never for both, and says what is missing", () => {
  expect(asked(DECLARED)).toEqual({ scopes: [], profiles: [] });
  const both = { scope: "desks", profiles: ["a", "b"] };
  expect(asked({ ...both, how: "all" })).toEqual({ scopes: [], profiles: [] });
  expect(asked({ ...both, how: "scope" })).toEqual({ scopes: ["desks"], profiles: [] });
  expect(asked({ ...both, how: "profiles" })).toEqual({ scopes: [], profiles: ["a", "b"] });
  expect(asked({ how: "scope", scope: "", profiles: [] })).toMatch(/scope/);
  expect(asked({ how: "profiles", scope: "desks", profiles: [] })).toMatch(/profile/);
});
