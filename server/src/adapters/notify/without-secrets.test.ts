import { describe, expect, it } from "vitest";
import { withoutSecrets } from "./without-secrets.ts";

const ADDRESS = "https://anna:pa%20ss@hooks.example/services/T0SECRET/x%2Fyz-TOKEN/B1?token=q%2Bsecret&v=2#fragment";

describe("words of a receiver show of an address", () => {
  it.each([
    ["all of it", `no ${ADDRESS}.`, "no ***."],
    ["its path and query", "Cannot POST /services/T0SECRET/x%2Fyz-TOKEN/B1?token=q%2Bsecret&v=2", "Cannot POST ***"],
    ["its path", "no route /services/T0SECRET/x%2Fyz-TOKEN/B1 here", "no route *** here"],
    ["its path decoded", "no route /services/T0SECRET/x/yz-TOKEN/B1 here", "no route *** here"],
    ["a piece of its path", "team T0SECRET is gone, T0secret too", "team *** is gone, *** too"],
    ["a piece of it decoded", "no x/yz-TOKEN or x%2Fyz-TOKEN", "no *** or ***"],
    ["a value of its query", "token q+secret (q%2Bsecret)", "token *** (***)"],
    ["its user and password", "user anna, password pa ss or pa%20ss", "user ***, password *** or ***"],
    ["both as they are sent", `Basic ${Buffer.from("anna:pa ss").toString("base64")}`, "Basic ***=="],
  ])("not %s", (_, text, clean) => {
    expect(withoutSecrets(text, [ADDRESS])).toBe(clean);
  });
  it("all else", () => {
    expect(withoutSecrets("hooks.example is away: B1/2", [ADDRESS])).toBe("hooks.example is away: B1/2");
    expect(withoutSecrets("a/b", ["https://hooks.example/"])).toBe("a/b");
  });
});

it("a key is shown in no form in which it was sent", () => {
  const said = `no $(p+"s) ${Buffer.from('$(p+"s)').toString("base64")} %24(p%2B%22s) $(p+\\"s)`;
  expect(withoutSecrets(said, ['$(p+"s)'])).toBe("no *** ***== *** ***");
  expect(withoutSecrets("as it came", [])).toBe("as it came");
});
