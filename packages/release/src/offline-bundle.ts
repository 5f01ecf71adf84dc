import {
  chmodSync,
  copyFileSync,
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import type { Architecture } from "./architecture.ts";
import type { Making } from "./artefacts.ts";
import { componentIn } from "./bundle.ts";
import { type Component, refusals } from "./component.ts";
import { notices } from "./notices.ts";
import { run } from "./run.ts";
import { sbom } from "./sbom.ts";
import { Signer, type Signing } from "./signing.ts";
import { spokenFor } from "./spoken-for.ts";
import { layNode, sha256Of } from "./tree.ts";

/** What of the repository a server needs beside its modules, each as it lies there. */
const SERVER_PARTS = ["LICENSE", "migrations", "docs/alerts", "server/data", "server/fonts", "web/dist/site"] as const;
/** Workspaces whose built code it runs. */
const WORKSPACES = ["packages/time", "packages/audit", "packages/wire", "server"] as const;

const SHIPPED = ["install.sh", "truebound", "truebound.service", "truebound.env"] as const;
const EXECUTABLE: ReadonlySet<string> = new Set(["install.sh", "server/bin/node", "server/bin/truebound"]);

/**
 * One archive that installs server and agent on machines without any network: a Node, the server with its modules, migrations and
 * page, the agent's packages, licences, an SBOM, and the SHA-256 of each file, signed where a key is named. PostgreSQL is the
 * operator's. Everything comes from this clone as `npm ci` has filled it. The same twice, by the same key, is the same to the byte.
 * Returns the archive and its SBOM.
 */
export function offlineBundle(
  making: Making,
  architecture: Architecture,
  agentFiles: readonly string[],
  signing: Signing | null,
): string[] {
  const { root, out, version, epoch } = making;
  const top = `truebound-offline-${version}-linux-${architecture.name}`;
  const folder = join(out, top);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "agent"), { recursive: true });
  for (const file of agentFiles) copyFileSync(file, join(folder, "agent", basename(file)));
  const components = [...layModules(root, join(folder, "server/app")), layNode(making, architecture, join(folder, "server"), "bin/node")];
  const refused = refusals(components);
  if (refused.length > 0) throw new Error(`Cannot build an offline bundle: ${refused.join("; ")}`);
  layServer(root, folder);
  writeFileSync(join(folder, "THIRD-PARTY-NOTICES"), notices(components));
  settle(folder, epoch);
  writeFileSync(join(folder, "SHA256SUMS"), sums(folder));
  if (signing !== null) new Signer(signing, epoch).detached(join(folder, "SHA256SUMS"), join(folder, "SHA256SUMS.asc"));
  settle(folder, epoch);
  const file = archive(making, top, folder);
  rmSync(folder, { recursive: true });
  const described = sbom({ name: "truebound-offline", file: basename(file), version, sha256: sha256Of(file), epoch }, components);
  writeFileSync(`${file}.cdx.json`, `${JSON.stringify(described, null, 2)}\n`);
  return [file, `${file}.cdx.json`];
}

/** The server's production modules, as npm says them of what is installed; embedded PostgreSQL is optional, and left out. */
function layModules(root: string, app: string): Component[] {
  const listed = run("npm", ["ls", "--workspace", "server", "--omit=dev", "--omit=optional", "--all", "--parseable"], { cwd: root });
  const homes = [
    ...new Set(
      listed
        .trim()
        .split("\n")
        .filter((path) => path.includes("/node_modules/")),
    ),
  ].sort();
  for (const home of homes) layModule(home, join(app, relative(root, home)));
  return homes.map((home) => spokenFor(componentIn(home), home)).sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** A workspace is a link, and stays one. What lies in a module's own node_modules is listed by itself. */
function layModule(home: string, target: string): void {
  mkdirSync(dirname(target), { recursive: true });
  if (lstatSync(home).isSymbolicLink()) return symlinkSync(readlinkSync(home), target);
  cpSync(home, target, { recursive: true, filter: (path) => path === home || basename(path) !== "node_modules", dereference: true });
}

const BUILT_FOR_OTHERS = /\.(d\.ts|map|tsbuildinfo)$/;

function layServer(root: string, folder: string): void {
  const app = join(folder, "server/app");
  for (const part of SERVER_PARTS) cpSync(join(root, part), join(app, part), { recursive: true });
  for (const workspace of WORKSPACES) {
    cpSync(join(root, workspace, "package.json"), join(app, workspace, "package.json"));
    cpSync(join(root, workspace, "dist"), join(app, workspace, "dist"), {
      recursive: true,
      filter: (path) => !BUILT_FOR_OTHERS.test(path),
    });
  }
  const from = join(root, "deploy/offline");
  for (const name of SHIPPED) copyFileSync(join(from, name), join(folder, name === "truebound" ? "server/bin/truebound" : name));
  copyFileSync(join(root, "docs/offline.md"), join(folder, "README.md"));
}

const pathsBelow = (folder: string): string[] => readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();

function settle(folder: string, epoch: number): void {
  for (const path of [...pathsBelow(folder), ""].reverse()) {
    const full = join(folder, path);
    const kind = lstatSync(full);
    if (kind.isSymbolicLink()) continue;
    chmodSync(full, kind.isDirectory() || EXECUTABLE.has(path) ? 0o755 : 0o644);
    utimesSync(full, epoch, epoch);
  }
}

/** As `sha256sum --check` reads it. */
const sums = (folder: string): string =>
  pathsBelow(folder)
    .filter((path) => lstatSync(join(folder, path)).isFile() && !path.startsWith("SHA256SUMS"))
    .map((path) => `${sha256Of(join(folder, path))}  ${path}\n`)
    .join("");

function archive({ out, epoch, compression }: Making, top: string, folder: string): string {
  const tar = join(out, `${top}.tar`);
  const settled = ["--sort=name", "--format=gnu", "--owner=0", "--group=0", "--numeric-owner", `--mtime=@${epoch}`];
  run("tar", ["-cf", tar, ...settled, "-C", dirname(folder), top]);
  run("gzip", ["-f", "-n", compression === "small" ? "-9" : "-1", tar]);
  return `${tar}.gz`;
}
