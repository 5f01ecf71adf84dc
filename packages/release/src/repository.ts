import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { isThere, run } from "./run.ts";

export interface Signing {
  /** A GnuPG home that holds the key; its passphrase is asked for by gpg's own agent. */
  readonly home: string;
  /** The key's fingerprint or address. */
  readonly key: string;
}

/** What of a repository could be laid out, and why not the rest. */
export interface Laid {
  readonly apt: string;
  readonly yum: string | null;
  readonly left: readonly string[];
}

const ARCHITECTURES = ["amd64", "arm64"];

/** Lays out signed apt and yum repositories of the artefacts in a folder, to be served as files. */
export function layRepository(artefacts: string, folder: string, signing: Signing, epoch: number): Laid {
  mkdirSync(folder, { recursive: true });
  const files = readdirSync(artefacts).map((name) => join(artefacts, name));
  const apt = layApt(
    files.filter((file) => file.endsWith(".deb")),
    join(folder, "apt"),
    signing,
    epoch,
  );
  const hasYum = isThere("createrepo_c");
  const rpms = files.filter((file) => file.endsWith(".rpm"));
  writeFileSync(join(folder, "truebound.asc"), gpg(signing, ["--armor", "--export", signing.key]));
  return {
    apt,
    yum: hasYum ? layYum(rpms, join(folder, "yum"), signing, epoch) : null,
    left: hasYum ? [] : ["no yum repository: createrepo_c is not installed"],
  };
}

function layApt(debs: readonly string[], folder: string, signing: Signing, epoch: number): string {
  const pool = join(folder, "pool/main");
  rmSync(join(folder, "dists"), { recursive: true, force: true });
  mkdirSync(pool, { recursive: true });
  for (const deb of debs) cpSync(deb, join(pool, basename(deb)));
  for (const architecture of ARCHITECTURES) {
    const index = join(folder, "dists/stable/main", `binary-${architecture}`);
    mkdirSync(index, { recursive: true });
    const packages = run("dpkg-scanpackages", ["--multiversion", "--arch", architecture, "pool"], { cwd: folder });
    writeFileSync(join(index, "Packages"), packages);
    run("gzip", ["-k", "-f", "-n", "-9", join(index, "Packages")]);
  }
  const suite = join(folder, "dists/stable");
  const release = run("apt-ftparchive", [...releaseOptions(), "release", "."], { cwd: suite, env: { SOURCE_DATE_EPOCH: String(epoch) } });
  writeFileSync(join(suite, "Release"), release);
  gpg(signing, ["--clearsign", "--yes", "--output", join(suite, "InRelease"), join(suite, "Release")]);
  gpg(signing, ["--armor", "--detach-sign", "--yes", "--output", join(suite, "Release.gpg"), join(suite, "Release")]);
  return folder;
}

const releaseOptions = (): string[] =>
  Object.entries({
    Origin: "Truebound",
    Label: "Truebound",
    Suite: "stable",
    Codename: "stable",
    Components: "main",
    Architectures: ARCHITECTURES.join(" "),
    Description: "Agents of Truebound",
  }).flatMap(([name, value]) => ["-o", `APT::FTPArchive::Release::${name}=${value}`]);

function layYum(rpms: readonly string[], folder: string, signing: Signing, epoch: number): string {
  mkdirSync(folder, { recursive: true });
  for (const rpm of rpms) cpSync(rpm, join(folder, basename(rpm)));
  run("createrepo_c", ["--quiet", "--revision", String(epoch), "--set-timestamp-to-revision", folder]);
  const index = join(folder, "repodata/repomd.xml");
  gpg(signing, ["--armor", "--detach-sign", "--yes", "--output", `${index}.asc`, index]);
  if (!existsSync(`${index}.asc`)) throw new Error(`Cannot sign ${index}`);
  return folder;
}

/** Signs by the digest that current apt and dnf demand. */
const gpg = ({ home, key }: Signing, args: readonly string[]): string =>
  run("gpg", ["--homedir", home, "--batch", "--digest-algo", "SHA512", "--local-user", key, ...args]);
