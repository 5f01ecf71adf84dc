import { expect, it } from "vitest";
import type { Told } from "../admin/admin.ts";
import type { NewAction } from "./ports.ts";
import { writtenDown } from "./written-down.ts";

const told = (code: 0 | 1): Told => ({ code, out: "", err: "" });

/** A book that keeps the order of what happens. */
function bookOf() {
  const happened: string[] = [];
  const kept: NewAction[] = [];
  const actions = {
    record: async (action: NewAction) => {
      kept.push(action);
      happened.push(`recorded ${action.operation}`);
      return "1";
    },
    outcome: async (_: string, status: number) => void happened.push(`outcome ${status}`),
  };
  const work = (code: 0 | 1) => async () => {
    happened.push("done");
    return told(code);
  };
  return { book: { actions, user: "root" }, happened, kept, work };
}

it("writes down what a command sets out to do before it does it, and what became of it", async () => {
  const { book, happened, kept, work } = bookOf();
  await writtenDown(book, { do: "set_host", host: "db-1", to: "revoke" }, work(0));
  await writtenDown(book, { do: "set_host", host: "db-1", to: "resume" }, work(1));
  expect(happened).toEqual(["recorded set_host", "done", "outcome 200", "recorded set_host", "done", "outcome 409"]);
  expect(kept[0]).toMatchObject({ actorKind: "command line", actor: "root", target: "db-1", detail: { host: "db-1", to: "revoke" } });
});

it("does nothing that cannot be written down", async () => {
  const { book, happened, work } = bookOf();
  const broken = { ...book, actions: { ...book.actions, record: () => Promise.reject(new Error("the disk is full")) } };
  await expect(writtenDown(broken, { do: "revoke_token" }, work(0))).rejects.toThrow("the disk is full");
  expect(happened).toEqual([]);
});

it("says of what failed unforeseen that it failed", async () => {
  const { book, happened } = bookOf();
  await expect(writtenDown(book, { do: "apply" }, () => Promise.reject(new Error("the database went away")))).rejects.toThrow("went away");
  expect(happened).toEqual(["recorded apply", "outcome 500"]);
});

it.each(["list_hosts", "show_rule", "list", "show", "head", "verify", "get_document", "signoffs"])("keeps nothing of %s", async (word) => {
  const { book, happened, work } = bookOf();
  await writtenDown(book, { do: word }, work(0));
  expect(happened).toEqual(["done"]);
});

it("keeps no secret", async () => {
  const { book, kept, work } = bookOf();
  await writtenDown(book, { do: "create_token", uses: 1, token: "tbj1.secret" }, work(0));
  expect(JSON.stringify(kept)).not.toContain("secret");
});
