import { expect, it } from "vitest";
import { redact } from "./redact.ts";

it("keeps what was asked for, without secrets and long texts", () => {
  expect(redact({ name: "ada", password: "x", grants: [{ role: "admin", labels: { a: "b" } }], text: "y".repeat(501), old: null })).toEqual(
    {
      name: "ada",
      password: "(not kept)",
      grants: [{ role: "admin", labels: { a: "b" } }],
      text: "(501 characters)",
      old: null,
    },
  );
  expect(redact(undefined)).toBeUndefined();
  expect(redact({ "a\0": "b\0\ud800c😀" })).toEqual({ "a\ufffd": "b\ufffd\ufffdc😀" });
});
