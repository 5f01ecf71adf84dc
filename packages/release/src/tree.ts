import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { Architecture } from "./architecture.ts";
import { bundleAgent, componentIn } from "./bundle.ts";
import { type Component, refusals } from "./component.ts";
import { fetched } from "./fetched.ts";
import { notices } from "./notices.ts";
import { run } from "./run.ts";

export interface Order {
  /** The repository's folder, built. */
  readonly root: string;
  readonly cache: string;
  readonly version: string;
  /** Seconds since 1970: the newest time that anything in the artefacts has. */
  readonly epoch: number;
}

export interface Tree {
  /** Holds usr, etc and var as they are to be installed. */
  readonly folder: string;
  readonly components: readonly Component[];
}

const LIB = "usr/lib/truebound-agent";
const DOC = "usr/share/doc/truebound-agent";

/** Lays out what is installed for one architecture. Throws where a component is not to be in a default artefact. */
export async function layOut(order: Order, architecture: Architecture, folder: string): Promise<Tree> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, LIB), { recursive: true });
  const bundled = await bundleAgent(order.root, join(folder, LIB, "app"));
  put(folder, `${LIB}/app/package.json`, `${JSON.stringify({ name: "truebound-agent", version: order.version, type: "module" })}\n`);
  const components = [...bundled, ...layKoffi(order, architecture, folder), layNode(order, architecture, folder)];
  const refused = refusals(components);
  if (refused.length > 0) throw new Error(`Cannot build a default artefact: ${refused.join("; ")}`);
  layDeployed(order.root, folder);
  put(folder, `${DOC}/THIRD-PARTY-NOTICES`, notices(components));
  settle(folder, order.epoch);
  return { folder, components };
}

/** The runtime, to the byte as it is published: a stripped one breaks. */
export function layNode({ cache }: Order, { node }: Architecture, folder: string, at = `${LIB}/bin/node`): Component {
  const unpacked = unpack(fetched(node, cache), folder);
  const target = join(folder, at);
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(join(unpacked, "bin/node"), target);
  const component = { ...componentIn(unpacked), sha256: sha256Of(target) };
  rmSync(unpacked, { recursive: true });
  return component;
}

/** koffi's loader and the one native part that this architecture needs. */
function layKoffi({ root, cache }: Order, { koffi, name }: Architecture, folder: string): Component[] {
  const modules = join(folder, LIB, "app/node_modules");
  const loader = join(root, "node_modules/koffi");
  for (const file of ["package.json", "index.cjs", "src/koffi/index.cjs", "src/koffi/src/static.cjs"])
    copy(join(loader, file), join(modules, "koffi", file));
  const unpacked = unpack(fetched(koffi, cache), folder);
  const native = `linux_${name}/koffi.node`;
  for (const file of ["package.json", "index.js", native]) copy(join(unpacked, file), join(modules, koffi.name, file));
  const own = componentIn(loader);
  const part = { ...componentIn(unpacked), text: own.text, sha256: sha256Of(join(modules, koffi.name, native)) };
  rmSync(unpacked, { recursive: true });
  return [own, part];
}

function layDeployed(root: string, folder: string): void {
  const from = join(root, "deploy/agent");
  copy(join(from, "truebound-agent"), join(folder, "usr/bin/truebound-agent"));
  copy(join(from, "truebound-agent.service"), join(folder, "usr/lib/systemd/system/truebound-agent.service"));
  copy(join(from, "agent.yaml"), join(folder, "etc/truebound-agent/agent.yaml"));
  mkdirSync(join(folder, "etc/truebound-agent/agent.d"));
  copy(join(root, "LICENSE"), join(folder, DOC, "copyright"));
  copy(join(root, "docs/install.md"), join(folder, DOC, "README.md"));
}

const EXECUTABLE = new Set(["usr/bin/truebound-agent", `${LIB}/bin/node`]);

/** Modes and times that follow from the order alone. */
function settle(folder: string, epoch: number): void {
  for (const path of ["", ...readdirSync(folder, { recursive: true, encoding: "utf8" })].reverse()) {
    const full = join(folder, path);
    chmodSync(full, lstatSync(full).isDirectory() || EXECUTABLE.has(path) ? 0o755 : 0o644);
    utimesSync(full, epoch, epoch);
  }
}

function unpack(tarball: string, beside: string): string {
  const target = `${beside}.unpacked`;
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target);
  run("tar", ["-xzf", tarball, "-C", target, "--strip-components=1", "--no-same-owner"]);
  return target;
}

function put(folder: string, path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to);
}

export const sha256Of = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex");
