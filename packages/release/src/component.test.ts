import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Component, refusals } from "./component.ts";
import { notices } from "./notices.ts";
import { sbom } from "./sbom.ts";

const part = (more: Partial<Component> = {}): Component => ({ name: "typebox", version: "1.4.3", licence: "MIT", text: "MIT, ©", ...more });
const GPL = part({ name: "@truebound/source-ntp-time-sync", version: "0.1.0", licence: "GPL-3.0-only" });

describe("what a default artefact may carry", () => {
  it("refuses every copyleft licence, our own workspaces included, and who names none", () => {
    expect(refusals([part(), part({ licence: "Apache-2.0" }), part({ licence: "ISC" })])).toEqual([]);
    expect(refusals([part(), GPL])).toEqual(["@truebound/source-ntp-time-sync@0.1.0 is under GPL-3.0-only"]);
    expect(refusals([part({ licence: "" })])).toEqual(["typebox@1.4.3 is under no licence that it names"]);
    expect(refusals([part({ licence: "(MIT OR GPL-3.0)" })])).toHaveLength(1);
  });
});

describe("what is under the GPL", () => {
  const ROOT = join(import.meta.dirname, "../../..");
  const lock = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as {
    readonly packages: Readonly<Record<string, { license?: string; dependencies?: object; optionalDependencies?: object }>>;
  };
  /** Places of all that comes with a workspace, by what the lockfile says. */
  const comesWith = (place: string, found = new Set<string>()): Set<string> => {
    const { dependencies = {}, optionalDependencies = {} } = lock.packages[place] ?? {};
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const own = name.startsWith("@truebound/") ? name.replace("@truebound/", "") : null;
      const at = own === null ? `node_modules/${name}` : ["agent", "server", "web"].includes(own) ? own : `packages/${own}`;
      if (!found.has(at)) comesWith(at, found.add(at));
    }
    return found;
  };
  it("comes with one workspace, and with nothing that the agent, the server or the page needs", () => {
    const isGpl = (place: string) => /GPL/.test(lock.packages[place]?.license ?? "");
    expect([...comesWith("packages/source-ntp-time-sync")].filter(isGpl)).toEqual([
      "node_modules/ntp-time-sync",
      "node_modules/ntp-packet-parser",
    ]);
    for (const shipped of ["agent", "server", "web"]) {
      expect(comesWith(shipped).size).toBeGreaterThan(2);
      expect([...comesWith(shipped)].filter(isGpl)).toEqual([]);
    }
  });
  it("is copied into no image, and has its own licence beside it", () => {
    for (const name of ["agent", "server"])
      expect(readFileSync(join(ROOT, `deploy/docker/${name}.Dockerfile`), "utf8")).not.toMatch(/source-ntp-time-sync|COPY packages\/? /);
    expect(readFileSync(join(ROOT, "packages/source-ntp-time-sync/LICENSE"), "utf8")).toContain("GNU GENERAL PUBLIC LICENSE");
  });
});

describe("third-party notices", () => {
  it("carry each licence's own words, and leave out what is Truebound's", () => {
    const text = notices([part({ text: "Copyright A\r\nB\n" }), part({ name: "@truebound/time", licence: "Apache-2.0", text: null })]);
    expect(text).toContain("typebox 1.4.3 (MIT)");
    expect(text).toContain("Copyright A\nB\n");
    expect(text).not.toContain("@truebound/time");
  });
  it("are not written where words are missing", () => {
    expect(() => notices([part({ text: null })])).toThrow("Cannot write the notices: the package typebox carries no licence text");
  });
});

describe("the SBOM", () => {
  const artefact = { file: "truebound-agent_0.1.0_amd64.deb", version: "0.1.0", sha256: "ab".repeat(32), epoch: 1_764_000_000 };
  it("names artefact and parts by version, licence, package URL and hash", () => {
    expect(sbom(artefact, [part({ name: "@koromix/koffi-linux-x64", sha256: "cd".repeat(32) })])).toMatchObject({
      bomFormat: "CycloneDX",
      specVersion: "1.6",
      metadata: {
        timestamp: "2025-11-24T16:00:00Z",
        component: { version: "0.1.0", hashes: [{ alg: "SHA-256", content: "ab".repeat(32) }] },
      },
      components: [
        {
          type: "library",
          purl: "pkg:npm/%40koromix/koffi-linux-x64@1.4.3",
          licenses: [{ license: { id: "MIT" } }],
          hashes: [{ alg: "SHA-256", content: "cd".repeat(32) }],
        },
      ],
    });
  });
  it("has one serial number for one artefact, a UUID, and another for another", () => {
    const serial = (sha256: string) => (sbom({ ...artefact, sha256 }, []) as { serialNumber: string }).serialNumber;
    expect(serial("ab")).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect([serial("ab"), serial("cd")]).toEqual([serial("ab"), expect.not.stringMatching(serial("ab"))]);
  });
});
