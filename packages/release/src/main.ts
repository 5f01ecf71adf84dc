import { createHash } from "node:crypto";
import { readFileSync, rmSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ARCHITECTURES } from "./architecture.ts";
import { type Compression, KINDS } from "./artefacts.ts";
import { offlineBundle } from "./offline-bundle.ts";
import { epochOf, packageAgent, versionOf, type Wanted } from "./package-agent.ts";
import { layRepository } from "./repository.ts";
import type { Signing } from "./signing.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const USAGE = `npm run package -- [--out DIR] [--arch x64,arm64] [--kind deb,rpm,tar.gz] [--compression small|fast] [--version V]
    [--twice] [--offline-bundle [--gpg-home DIR --gpg-key KEY]] [--repository DIR --gpg-home DIR --gpg-key KEY]`;

const { values } = parseArgs({
  options: {
    out: { type: "string", default: "artefacts/packages" },
    arch: { type: "string", default: ARCHITECTURES.map(({ name }) => name).join(",") },
    kind: { type: "string", default: Object.keys(KINDS).join(",") },
    compression: { type: "string", default: "small" },
    version: { type: "string", default: versionOf(ROOT) },
    twice: { type: "boolean", default: false },
    "offline-bundle": { type: "boolean", default: false },
    repository: { type: "string" },
    "gpg-home": { type: "string" },
    "gpg-key": { type: "string" },
  },
});

const say = (text: string): boolean => process.stdout.write(`${text}\n`);

function refuse(why: string): never {
  process.stderr.write(`${why}\n${USAGE}\n`);
  process.exit(2);
}

/** The words of a list that name something. */
function listOf<T extends string>(text: string, known: readonly T[]): T[] {
  const words = text.split(",");
  const stranger = words.find((word) => !known.includes(word as T));
  return stranger === undefined ? (words as T[]) : refuse(`Cannot build "${stranger}": there are ${known.join(", ")}`);
}

const wanted: Wanted = {
  root: ROOT,
  cache: join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "truebound/packages"),
  out: resolve(values.out),
  version: values.version,
  epoch: epochOf(ROOT, process.env.SOURCE_DATE_EPOCH),
  architectures: listOf(
    values.arch,
    ARCHITECTURES.map(({ name }) => name),
  ),
  kinds: listOf(values.kind, Object.keys(KINDS)),
  compression: listOf<Compression>(values.compression, ["small", "fast"])[0] ?? "small",
};

const signing = signingOf(values["gpg-home"], values["gpg-key"]);
const hashOf = (file: string): string => createHash("sha256").update(readFileSync(file)).digest("hex");
const made = await build(wanted);
for (const file of made) say(`${hashOf(file)}  ${statSync(file).size}  ${basename(file)}`);
if (values["offline-bundle"] && signing === null) say("the bundle carries no signature: name --gpg-home and --gpg-key");
if (values.twice) await buildAgain();
if (values.repository !== undefined) layOut(values.repository);

function signingOf(home: string | undefined, key: string | undefined): Signing | null {
  if (home === undefined && key === undefined) return null;
  return home === undefined || key === undefined ? refuse("Cannot sign: name --gpg-home and --gpg-key") : { home: resolve(home), key };
}

/** The packages and, where they are wanted, the bundles of them. */
async function build(order: Wanted): Promise<string[]> {
  const packages = await packageAgent(order);
  return values["offline-bundle"] ? [...packages, ...bundles(order, packages)] : packages;
}

/** For each architecture, with what was just built for it. */
function bundles(order: Wanted, packages: readonly string[]): string[] {
  const built = ARCHITECTURES.filter(({ name }) => order.architectures.includes(name));
  return built.flatMap((architecture) => {
    const words = [architecture.name, architecture.deb, architecture.rpm];
    const files = packages.filter((file) => words.some((word) => new RegExp(`[_.-]${word}[.]`).test(basename(file))));
    return offlineBundle(order, architecture, files, signing);
  });
}

/** The same sources must give the same bytes. */
async function buildAgain(): Promise<void> {
  const out = join(wanted.out, ".again");
  const again = await build({ ...wanted, out });
  const differing = again.filter((file, index) => hashOf(file) !== hashOf(made[index] as string));
  rmSync(out, { recursive: true });
  if (differing.length > 0) throw new Error(`Built twice, and not the same: ${differing.map((file) => basename(file)).join(", ")}`);
  say(`built twice: all ${made.length} files are the same to the byte`);
}

function layOut(folder: string): void {
  if (signing === null) refuse("Cannot lay out a repository unsigned: name --gpg-home and --gpg-key");
  const { apt, yum, left } = layRepository(wanted.out, resolve(folder), signing, wanted.epoch);
  say([`apt: ${apt}`, ...(yum === null ? [] : [`yum: ${yum}`]), ...left].join("\n"));
}
