import { expect, it } from "vitest";
import { pageOfHosts } from "./page-of-hosts.ts";
import type { EnrolmentView } from "./ports.ts";

const host = (name: string, more: Partial<EnrolmentView> = {}): EnrolmentView => ({
  id: `id-${name}`,
  name,
  state: "active",
  labels: { rack: `r${name.length}` },
  enrolled_at: "2026-11-01T00:00:00Z",
  last_received_at: null,
  ...more,
});
const NUMBERED = Array.from({ length: 450 }, (_, n) => host(`web-${String(n).padStart(3, "0")}`));
const FLEET = [...NUMBERED.toReversed(), host("zoe", { state: "pending" }), host("old", { state: "retired" })];

it("goes through all hosts a page at a time, each once, what waits first", () => {
  const names: string[] = [];
  for (let after: string | null = null; ; ) {
    const page = pageOfHosts(FLEET, { q: "", limit: 200, after });
    if (page === null) throw new Error("the list gave a cursor that it does not take");
    expect([page.found, page.total]).toEqual([452, 452]);
    names.push(...page.items.map(({ name }) => name));
    after = page.next;
    if (after === null) break;
  }
  expect(names).toEqual(["zoe", "old", ...NUMBERED.map(({ name }) => name)]);
});

it("goes on behind its place where hosts came and went meanwhile", () => {
  const first = pageOfHosts(FLEET, { q: "web", limit: 2, after: null });
  const later = FLEET.filter(({ name }) => name !== "web-001" && name !== "web-002");
  expect(pageOfHosts(later, { q: "web", limit: 2, after: first?.next ?? null })?.items.map(({ name }) => name)).toEqual([
    "web-003",
    "web-004",
  ]);
});

it("finds by every word, in the name, the state, the id and the labels", () => {
  const found = (q: string) => pageOfHosts(FLEET, { q, limit: 3, after: null })?.items.map(({ name }) => name);
  expect([found("waits"), found("RETIRED old"), found("rack=r3 zo"), found("id-web-44"), found("nothing")]).toEqual([
    ["zoe"],
    ["old"],
    ["zoe"],
    ["web-440", "web-441", "web-442"],
    [],
  ]);
});

it("takes no cursor that it did not give", () => {
  expect(pageOfHosts(FLEET, { q: "", limit: 3, after: "zzz" })).toBeNull();
});
