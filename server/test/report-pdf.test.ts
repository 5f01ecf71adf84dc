import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROFILES, type ReportManifest, sayProfile, verifyBundle } from "@truebound/audit";
import { utc } from "@truebound/time";
import { afterAll, describe, expect, it } from "vitest";
import { drawPdf } from "../src/adapters/pdf/draw-report.ts";
import { Sheet } from "../src/adapters/pdf/sheet.ts";
import { tokenCrypto } from "../src/adapters/tsa/token-crypto.ts";
import { createReport } from "../src/report/create.ts";
import { MemoryBundle } from "../src/report/memory-bundle.fixture.ts";
import { checks, wire } from "../src/report/memory-crypto.fixture.ts";
import { declareIn, worldOf } from "../src/report/memory-world.fixture.ts";
import { strangeFigures, wordsOf } from "../src/report/render/figures.fixture.ts";
import { layOut } from "../src/report/render/lay-out.ts";
import { MANIFESTS, SHA256 } from "../src/report/render/manifests.fixture.ts";
import { renderReport } from "../src/report/render-report.ts";
import { batchOf } from "./fake-agent.ts";

const hasPoppler = (() => {
  try {
    execFileSync("pdftotext", ["-v"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

describe("report.pdf", () => {
  it("is the same of the same manifest, as are the others", async () => {
    const text = JSON.stringify(MANIFESTS.violations);
    const [first, second] = [await renderReport(drawPdf)(text, SHA256), await renderReport(drawPdf)(text, SHA256)];
    expect(first.map(({ name }) => name)).toEqual(["report.csv", "report.html", "report.pdf"]);
    first.forEach(({ bytes }, at) => {
      expect(Buffer.compare(bytes, second[at]?.bytes ?? Buffer.alloc(0))).toBe(0);
    });
  });

  it("has one page in memory at a time, and says of how many it is one", () => {
    const titles = { title: "t", subject: "s", keywords: "k", createdAt: new Date(0) };
    const begun: number[] = [];
    const sheet = new Sheet(titles, (_, page) => begun.push(page));
    for (let page = 0; page < 5; page++) {
      sheet.newPage();
      expect(sheet.doc.bufferedPageRange().count).toBe(1);
    }
    expect([begun, sheet.pages]).toEqual([[1, 2, 3, 4, 5], 5]);
    const counting = new Sheet(titles, null);
    counting.write("Counted, not drawn", { size: 8 });
    expect([counting.pages, counting.doc.bufferedPageRange().count]).toEqual([1, 0]);
  });

  it("names its manifest where no reader is needed to see it", async () => {
    const bytes = await drawPdf(layOut(MANIFESTS.compliant, SHA256));
    expect(Buffer.from(bytes).toString("latin1")).toContain(SHA256);
  });
});

const S = 1_000_000_000n;
const FROM = utc(1_772_409_600n * S);

const known = PROFILES.find(({ id }) => id === "us-cat-participant");
if (known === undefined) throw new Error("There is no profile us-cat-participant");
/** No document is filed in this world. */
const limit = { ...sayProfile(known), traceability: "expected" };

/** Ten minutes of two hosts, one of them 150 µs off; then nothing. */
function world() {
  const made = worldOf(2);
  for (const [number, host] of made.hosts.entries()) {
    const offset = number === 0 ? 0n : -150_000n;
    const rows = Array.from({ length: 60 }, (_, row) => ({
      realtime: FROM + BigInt(row) * 10n * S - offset,
      lo: offset - 20_000n,
      hi: offset + 30_000n,
      throughout: [offset - 25_000n, offset + 35_000n] as const,
    }));
    host.report([batchOf(host.facts.id, rows)]);
  }
  return made;
}

describe("the pages of a report that was made of signed evidence", () => {
  it("have no figure but the manifest's, and are verified with it", async () => {
    const bundle = new MemoryBundle();
    const request = { from: FROM, to: utc(FROM + 3600n * S), profiles: [limit.id], hosts: [] };
    const own = world();
    declareIn(own, { profiles: [limit] });
    const ports = { ...own.ports(bundle), profiles: async () => [limit], render: renderReport(drawPdf) };
    await createReport(ports, request, { progress: () => undefined, signal: new AbortController().signal });
    const manifest = JSON.parse(bundle.text("manifest.json")) as ReportManifest;
    expect(manifest.totals.verdicts).toMatchObject({ FAIL: 1, INCONCLUSIVE: 1 });
    expect(strangeFigures(wordsOf(layOut(manifest, SHA256)), manifest)).toEqual([]);
    const verified = await verifyBundle({ files: bundle, crypto: checks, wire, token: tokenCrypto(null) }, { keyId: null });
    expect(verified.kind).toBe("holds");
    expect(bundle.text("report.html")).toContain(verified.kind === "holds" ? verified.sha256 : "");
  });
});

describe.skipIf(!hasPoppler)("the pages of report.pdf (skipped: pdftotext not found)", () => {
  const folder = mkdtempSync(join(tmpdir(), "truebound-pdf-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  const drawn = new Map<string, Promise<string[]>>();
  function pages(name: keyof typeof MANIFESTS): Promise<string[]> {
    const known = drawn.get(name) ?? draw(name);
    drawn.set(name, known);
    return known;
  }

  async function draw(name: keyof typeof MANIFESTS): Promise<string[]> {
    const path = join(folder, `${name}.pdf`);
    writeFileSync(path, await drawPdf(layOut(MANIFESTS[name], SHA256)));
    const text = execFileSync("pdftotext", ["-layout", path, "-"], { maxBuffer: 1 << 28 }).toString();
    return text.split("\f").slice(0, -1);
  }

  it.each(["provisional", "violations", "two_hundred", "empty"] as const)("each say report, hash, number and notices: %s", async (name) => {
    const all = await pages(name);
    const { id, notices } = layOut(MANIFESTS[name], SHA256);
    all.forEach((page, at) => {
      expect(page).toContain(`Clock audit report ${id}`);
      expect(page).toContain(`Manifest SHA-256 ${SHA256}`);
      expect(page).toContain(`Page ${at + 1} of ${all.length}`);
      for (const notice of notices) expect(page).toContain(notice.slice(0, 40));
    });
  });

  it.each(["provisional", "violations", "two_hundred", "no_evidence", "empty"] as const)(
    "begin with all answers and the lines to sign: %s",
    async (name) => {
      const [front = ""] = await pages(name);
      for (const words of ["PROVED", "SAMPLED", "Which clocks", "Can I run it", "Prepared", "Reviewed", "Countersigned"])
        expect(front).toContain(words);
    },
  );

  it("have the lines to sign above the summary where the answers fill page 1, and leave no page empty", async () => {
    const scopes = MANIFESTS.violations.scopes.slice(0, 1).flatMap((scope) =>
      [1, 2, 3].map((one) => ({
        ...scope,
        name: `floor-${one}`,
        stamp_point: `gateway ${one}, ${"after the message was parsed, ".repeat(14)}`,
      })),
    );
    const path = join(folder, "crowded.pdf");
    writeFileSync(path, await drawPdf(layOut({ ...MANIFESTS.violations, scopes }, SHA256)));
    const all = execFileSync("pdftotext", ["-layout", path, "-"], { maxBuffer: 1 << 28 })
      .toString()
      .split("\f")
      .slice(0, -1);
    expect(all[0]).not.toContain("Countersigned");
    expect(all[1]).toContain("Countersigned");
    expect(all[1]).toContain("All results, worst first");
    expect(all).toHaveLength((await pages("violations")).length);
  });

  it("break no verdict and no figure of the summary", async () => {
    const [failed] = MANIFESTS.violations.results;
    if (failed === undefined) throw new Error("There is no result to show");
    const totals = { ...failed.totals, violation_ns: "355124848058" };
    const results = [{ ...failed, name: "gateway", profile: "uk-rts25-other", verdict: "INCONCLUSIVE", totals }] as const;
    const path = join(folder, "summary.pdf");
    writeFileSync(path, await drawPdf(layOut({ ...MANIFESTS.violations, results }, SHA256)));
    const summary = execFileSync("pdftotext", ["-layout", "-f", "2", "-l", "2", path, "-"]).toString();
    expect(summary).toContain("All results, worst first");
    for (const words of [/\bInconclusive\b/, /\buk-rts25-other\b/, /\b55\.124848058\ss\b/]) expect(summary).toMatch(words);
  });

  it("are one for each of two hundred hosts, and no empty one", async () => {
    const all = await pages("two_hundred");
    for (const { name } of MANIFESTS.two_hundred.results) expect(all.some((page) => page.includes(`${name} · `))).toBe(true);
    for (const page of all) expect(page.split("\n").filter((line) => line.trim() !== "").length).toBeGreaterThan(4);
  });
});
