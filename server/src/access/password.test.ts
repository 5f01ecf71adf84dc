import { expect, it } from "vitest";
import { passwordCrypto } from "../adapters/crypto/password-crypto.ts";
import { checkPassword, hashPassword, passwordTrouble } from "./password.ts";

const crypto = passwordCrypto();
const CHEAP = { log2N: 4, r: 8, p: 1 };
const PASSWORD = "correct horse battery staple";

it("knows its own hash again, and no other password", async () => {
  const stored = await hashPassword(crypto, PASSWORD, CHEAP);
  expect(stored).toMatch(/^scrypt\$4\$8\$1\$/);
  expect(await checkPassword(crypto, PASSWORD, stored)).toBe("right");
  expect(await checkPassword(crypto, `${PASSWORD} `, stored)).toBe("wrong");
  expect(await hashPassword(crypto, PASSWORD, CHEAP)).not.toBe(stored);
});

it("takes a password typed on another keyboard for the same", async () => {
  const stored = await hashPassword(crypto, "A\u030angstro\u0308m und Zeppelin", CHEAP);
  expect(await checkPassword(crypto, "\u00c5ngstr\u00f6m und Zeppelin", stored)).toBe("right");
});

it("works as hard for nobody as for somebody", async () => {
  const costs: unknown[] = [];
  const watched = {
    ...crypto,
    scrypt: (...given: Parameters<typeof crypto.scrypt>) => {
      costs.push(given[2]);
      return crypto.scrypt(...given);
    },
  };
  expect(await checkPassword(watched, PASSWORD, null)).toBe("wrong");
  expect(await checkPassword(watched, PASSWORD, "scrypt$bad")).toBe("wrong");
  expect(costs).toEqual([
    { log2N: 15, r: 8, p: 3 },
    { log2N: 15, r: 8, p: 3 },
  ]);
});

it("turns away whoever comes when too many are at it", async () => {
  const busy = passwordCrypto();
  const stored = await hashPassword(busy, PASSWORD, CHEAP);
  const all = await Promise.all(Array.from({ length: 30 }, () => checkPassword(busy, PASSWORD, stored)));
  expect(all.filter((one) => one === "busy")).toHaveLength(30 - 2 - 16);
  expect(await checkPassword(busy, PASSWORD, stored)).toBe("right");
});

it.each([
  ["shortish words", /shorter than 15/],
  ["aaaaaaaaaaaaaaaaaaaaaaa", /repeats a few characters/],
  ["ada.lovelace.ada.lovelace.xyz", /little more than the name/],
])("does not take %s", (password, why) => expect(passwordTrouble(password, "ada.lovelace")).toMatch(why));
it("takes a sentence", () => expect(passwordTrouble(PASSWORD, "ada")).toBeNull());
