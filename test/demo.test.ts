import type { HostDetail, HostList, HostSummary, PeersView } from "@truebound/wire";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Product, startProduct } from "./product.ts";

/** The demo fleet end to end: real UDP, real HTTP, real PostgreSQL. Each host must come to the state that its fault deserves. */
const EXPECTED: Record<string, (host: HostSummary) => boolean> = {
  "demo-healthy": ({ status, words }) => status === "proven" && words.startsWith("within"),
  "demo-behind": ({ status, words }) => status === "proven" && /behind UTC/.test(words),
  "demo-fast": ({ status }) => status === "proven",
  "demo-steps": ({ status }) => status === "proven",
  "demo-one-liar": ({ status }) => status === "proven",
  "demo-two-liars": ({ status }) => status === "proven",
  "demo-disagree": ({ status }) => status === "conflict",
  "demo-asymmetric": ({ status, worst_error_ns }) => status === "proven" && Number(worst_error_ns) > 10_000_000,
  "demo-jittery": ({ status }) => status === "proven",
  "demo-holdover": ({ status }) => status === "holdover",
  "demo-silent": ({ liveness }) => liveness === "silent",
  "demo-smear": ({ status }) => status === "proven",
  "demo-leap": ({ status }) => status === "proven",
  "demo-peer-1": ({ status, peer_standing }) => status === "proven" && peer_standing === "cleared",
  "demo-peer-6": ({ status, peer_standing }) => status === "proven" && peer_standing === "cleared",
  "demo-misled": ({ status, peer_standing }) => status === "proven" && peer_standing === "flagged",
  "demo-colludes-1": ({ peer_standing }) => peer_standing === "flagged",
  "demo-colludes-2": ({ peer_standing }) => peer_standing === "flagged",
  "demo-unreachable": ({ status, guaranteed, worst_error_ns, words }) =>
    status === "unknown" && guaranteed === null && worst_error_ns === null && words.startsWith("unknown"),
};
const PATIENCE_MS = 100_000;

describe("npm start -- --demo", () => {
  let product: Product;

  beforeAll(async () => {
    product = await startProduct("127.0.0.1:9", { demo: true });
  });
  afterAll(async () => {
    expect(await product?.stop()).toBe(0);
  });

  const hosts = async (): Promise<readonly HostSummary[]> =>
    ((await (await fetch(new URL("/api/v1/hosts?limit=100", product.url))).json()) as HostList).items;
  const outOfState = (list: readonly HostSummary[]) =>
    Object.entries(EXPECTED).filter(([name, deserved]) => !list.some((host) => host.name === name && deserved(host)));

  it("brings every host to the state that its fault deserves, and the truth is inside every bound", {
    timeout: PATIENCE_MS + 20_000,
  }, async () => {
    const look = async () => {
      const list = await hosts();
      for (const host of list) expect(holdsTheTruth(host), JSON.stringify(host)).toBe(true);
      return outOfState(list).map(([name]) => list.find((host) => host.name === name) ?? name);
    };
    await expect.poll(look, { timeout: PATIENCE_MS, interval: 250 }).toEqual([]);
  });

  it("holds the hosts' own daemons against what is measured, and finds nothing of one that is right", {
    timeout: PATIENCE_MS + 20_000,
  }, async () => {
    const found = async (name: string) => {
      const { daemon } = (await (await fetch(new URL(`/api/v1/hosts/${name}`, product.url))).json()) as HostDetail;
      return daemon?.findings?.map(({ finding }) => finding) ?? null;
    };
    const wrong = [
      ["demo-behind", "daemon_bound_violated"],
      ["demo-fast", "daemon_dead"],
      ["demo-peer-6", "unsynchronised_source_in_use"],
      ["demo-two-liars", "daemon_in_minority_camp"],
    ] as const;
    for (const [name, finding] of wrong) await expect.poll(() => found(name), { timeout: PATIENCE_MS, interval: 500 }).toContain(finding);
    expect(await Promise.all(["demo-healthy", "demo-peer-1", "demo-steps"].map(found))).toEqual([[], [], null]);
  });

  it("accuses just the hosts that are misled or collude, of a contradiction that goes through UTC", async () => {
    const accused = (await hosts()).filter(({ peer_standing }) => peer_standing === "flagged" || peer_standing === "suspect");
    expect(accused.map(({ name }) => name).sort()).toEqual([...LIED_TO].sort());
    const view = (await (await fetch(new URL("/api/v1/peers", product.url))).json()) as PeersView;
    const [conflict] = view.conflicts.filter(({ tier, ended_at }) => tier === "guaranteed" && ended_at === null);
    expect(conflict?.least_liars).toBe(3);
    expect(conflict?.cycles.every(({ nodes }) => nodes.includes("UTC"))).toBe(true);
    expect(view.members).toHaveLength(10);
  });

  it("labels its hosts and names the liar with the reason", async () => {
    const list = await hosts();
    expect(list.filter(({ labels }) => labels.demo === "true").length).toBeGreaterThanOrEqual(12);
    const detail = (await (await fetch(new URL("/api/v1/hosts/demo-one-liar", product.url))).json()) as {
      explanation: string;
      sources: { id: string; state: string; why: string }[];
    };
    const liar = detail.sources.find(({ id }) => id.startsWith("127.0.0.21:"));
    expect(liar?.state).toBe("falseticker");
    expect(detail.explanation).toContain("127.0.0.21");
  });

  it("takes a host through an inserted second: told before, taken as a leap, and the smearing source agrees to the end", {
    timeout: PATIENCE_MS + 20_000,
  }, async () => {
    type Detail = HostSummary & { events: { kind: string }[]; sources: { id: string; state: string; timescale?: string }[] };
    const look = async () => {
      const host = (await (await fetch(new URL("/api/v1/hosts/demo-leap", product.url))).json()) as Detail;
      expect(holdsTheTruth(host), JSON.stringify(host)).toBe(true);
      return host;
    };
    await expect
      .poll(async () => (await look()).events.map(({ kind }) => kind), { timeout: PATIENCE_MS, interval: 250 })
      .toContain("leap_applied");
    const host = await look();
    const kinds = host.events.map(({ kind }) => kind);
    expect(kinds).toEqual(expect.arrayContaining(["leap_pending", "mixed_timescales"]));
    expect(kinds).not.toContain("clock_stepped");
    expect(host.sources.map(({ state, timescale }) => [state, timescale])).toEqual([
      ["agrees", "utc"],
      ["agrees", "utc"],
      ["agrees", "smear24"],
    ]);
  });

  it("tells a host whose sources cannot be reached as unknown, with the reason, and this machine's host too", async () => {
    const list = await hosts();
    const own = list.find(({ labels }) => labels.demo !== "true");
    expect(own).toMatchObject({ status: "unknown", reason: "never_measured", guaranteed: null });
    const detail = (await (await fetch(new URL(`/api/v1/hosts/${own?.id}`, product.url))).json()) as { explanation: string };
    expect(detail.explanation).toMatch(/refused|127\.0\.0\.1:9/);
  });
});

/** All of their sources lie alike: what they prove by themselves is false, and only their peers can tell. */
const LIED_TO = ["demo-misled", "demo-colludes-1", "demo-colludes-2"];

/** With a single vote nothing is promised; wherever something is, the injected offset must be inside. */
function holdsTheTruth({ name, guaranteed, injected_ns, status }: HostSummary): boolean {
  if (LIED_TO.includes(name)) return true;
  if (guaranteed === null || injected_ns === null || status === "unverified") return true;
  return BigInt(guaranteed.lo_ns) <= BigInt(injected_ns) && BigInt(injected_ns) <= BigInt(guaranteed.hi_ns);
}
