import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Architecture } from "./architecture.ts";
import { run } from "./run.ts";
import { sbom } from "./sbom.ts";
import { type Order, sha256Of, type Tree } from "./tree.ts";

/** `small` for who downloads it, `fast` for who only tests it. */
export type Compression = "small" | "fast";

export interface Making extends Order {
  readonly compression: Compression;
  /** Where artefacts go. */
  readonly out: string;
}

type Make = (making: Making, architecture: Architecture, tree: Tree) => string;

/** Each kind of artefact, by the ending of its name. */
export const KINDS: Readonly<Record<string, Make>> = { deb: makeDeb, rpm: makeRpm, "tar.gz": makeTarball };

const SCRIPTS = ["postinst", "prerm", "postrm"];
const SECONDS_AND_SIZE: Readonly<Record<Compression, { deb: readonly string[]; rpm: string; gzip: string }>> = {
  small: { deb: ["-Zxz", "-z6", "--threads-max=2"], rpm: "w6.xzdio", gzip: "-9" },
  fast: { deb: ["-Zgzip", "-z1"], rpm: "w1.gzdio", gzip: "-1" },
};

/** A Debian package, by dpkg-deb alone. */
function makeDeb({ root, out, version, epoch, compression }: Making, { deb }: Architecture, { folder }: Tree): string {
  const file = join(out, `truebound-agent_${version}_${deb}.deb`);
  const control = join(folder, "DEBIAN");
  mkdirSync(control);
  for (const script of SCRIPTS) {
    cpSync(join(root, "deploy/agent", script), join(control, script));
    chmodSync(join(control, script), 0o755);
  }
  writeFileSync(join(control, "conffiles"), "/etc/truebound-agent/agent.yaml\n");
  writeFileSync(join(control, "control"), controlOf(version, deb, kibibytesOf(folder)));
  utimesSync(folder, epoch, epoch);
  run("dpkg-deb", ["--root-owner-group", ...SECONDS_AND_SIZE[compression].deb, "--build", folder, file], { env: dated(epoch) });
  rmSync(control, { recursive: true });
  return file;
}

const controlOf = (version: string, architecture: string, kibibytes: number): string => `Package: truebound-agent
Version: ${version}
Architecture: ${architecture}
Maintainer: Truebound <truebound@localhost>
Installed-Size: ${kibibytes}
Depends: libc6 (>= 2.28), libstdc++6, libgcc-s1 | libgcc1, passwd
Suggests: chrony
Section: admin
Priority: optional
Description: measures how wrong this host's clock can be
 An agent of Truebound: it measures the host's clock against NTP sources and
 keeps an interval that holds the true offset. Node.js is part of the package.
`;

/** By content, and so the same on every file system. */
function kibibytesOf(folder: string): number {
  const sizes = run("find", [folder, "-type", "f", "-printf", "%s\n"]).trim().split("\n");
  return sizes.reduce((sum, bytes) => sum + Math.ceil(Number(bytes) / 1024), 0);
}

/** An RPM package, by rpmbuild alone. */
function makeRpm({ root, out, version, epoch, compression }: Making, { rpm }: Architecture, { folder }: Tree): string {
  const work = `${folder}.rpmbuild`;
  mkdirSync(join(folder, "var/lib/truebound-agent"), { recursive: true });
  mkdirSync(work, { recursive: true });
  const spec = join(work, "truebound-agent.spec");
  const template = readFileSync(join(root, "deploy/agent/truebound-agent.spec"), "utf8");
  writeFileSync(spec, template.replace("@VERSION@", version).replace("@TREE@", folder));
  const defines = { _topdir: work, _rpmdir: work, _binary_payload: SECONDS_AND_SIZE[compression].rpm, _dbpath: join(work, "db") };
  const options = Object.entries(defines).flatMap(([name, value]) => ["--define", `${name} ${value}`]);
  run("rpmbuild", ["-bb", "--quiet", "--target", `${rpm}-linux`, ...options, spec], { env: dated(epoch) });
  const file = `truebound-agent-${version}-1.${rpm}.rpm`;
  cpSync(join(work, rpm, file), join(out, file));
  rmSync(work, { recursive: true });
  rmSync(join(folder, "var"), { recursive: true });
  return join(out, file);
}

/** The same tree below one folder, for systems that have neither. */
function makeTarball({ out, version, epoch, compression }: Making, { name }: Architecture, { folder }: Tree): string {
  const top = `truebound-agent-${version}-linux-${name}`;
  const tar = join(out, `${top}.tar`);
  const settled = ["--sort=name", "--format=ustar", "--owner=0", "--group=0", "--numeric-owner", `--mtime=@${epoch}`];
  run("tar", ["-cf", tar, ...settled, `--transform=s,^\\.,${top},`, "-C", folder, "."]);
  run("gzip", ["-f", "-n", SECONDS_AND_SIZE[compression].gzip, tar]);
  return `${tar}.gz`;
}

const dated = (epoch: number): Readonly<Record<string, string>> => ({ SOURCE_DATE_EPOCH: String(epoch) });

/** Writes the SBOM beside an artefact; returns its path. */
export function describe(file: string, { version, epoch }: Order, { components }: Tree): string {
  const path = `${file}.cdx.json`;
  const made = sbom({ file: basename(file), version, sha256: sha256Of(file), epoch }, components);
  writeFileSync(path, `${JSON.stringify(made, null, 2)}\n`);
  return path;
}
