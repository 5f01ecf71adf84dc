import { cpSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { isThere, run } from "./run.ts";
import { Signer, type Signing } from "./signing.ts";

/** What of a repository could be laid out, and why not the rest. */
export interface Laid {
  readonly apt: string;
  readonly yum: string | null;
  readonly left: readonly string[];
}

const ARCHITECTURES = ["amd64", "arm64"];

/** Lays out signed apt and yum repositories of the artefacts in a folder, to be served as files. The same twice is the same to the byte. */
export function layRepository(artefacts: string, folder: string, signing: Signing, epoch: number): Laid {
  mkdirSync(folder, { recursive: true });
  const signer = new Signer(signing, epoch);
  const files = readdirSync(artefacts).map((name) => join(artefacts, name));
  const apt = layApt(
    files.filter((file) => file.endsWith(".deb")),
    join(folder, "apt"),
    signer,
    epoch,
  );
  const hasYum = isThere("createrepo_c");
  const rpms = files.filter((file) => file.endsWith(".rpm"));
  writeFileSync(join(folder, "truebound.asc"), signer.publicKey());
  return {
    apt,
    yum: hasYum ? layYum(rpms, join(folder, "yum"), signer, epoch) : null,
    left: hasYum ? [] : ["no yum repository: createrepo_c is not installed"],
  };
}

function layApt(debs: readonly string[], folder: string, signer: Signer, epoch: number): string {
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
  const release = run("apt-ftparchive", [...releaseOptions(epoch), "release", "."], { cwd: suite });
  writeFileSync(join(suite, "Release"), release);
  signer.clear(join(suite, "Release"), join(suite, "InRelease"));
  signer.detached(join(suite, "Release"), join(suite, "Release.gpg"));
  return folder;
}

const releaseOptions = (epoch: number): string[] =>
  Object.entries({
    Origin: "Truebound",
    Label: "Truebound",
    Suite: "stable",
    Date: new Date(epoch * 1000).toUTCString().replace("GMT", "+0000"),
    Codename: "stable",
    Components: "main",
    Architectures: ARCHITECTURES.join(" "),
    Description: "Agents of Truebound",
  }).flatMap(([name, value]) => ["-o", `APT::FTPArchive::Release::${name}=${value}`]);

/** Each package signed, and the index of them. */
function layYum(rpms: readonly string[], folder: string, signer: Signer, epoch: number): string {
  rmSync(join(folder, "repodata"), { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const rpm of rpms) {
    const file = join(folder, basename(rpm));
    cpSync(rpm, file);
    signer.rpm(file);
    utimesSync(file, epoch, epoch);
  }
  run("createrepo_c", ["--quiet", "--revision", String(epoch), "--set-timestamp-to-revision", folder]);
  const index = join(folder, "repodata/repomd.xml");
  signer.detached(index, `${index}.asc`);
  return folder;
}
