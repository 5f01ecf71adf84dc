// Completes package-lock.json after `npm install` from a registry mirror that lacks builds for other platforms: npm then
// leaves their entries out, and `npm ci` refuses the file. Each missing optional package gets its name, version and platform.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const path = join(dirname(dirname(fileURLToPath(import.meta.url))), "package-lock.json");
const lock = JSON.parse(readFileSync(path, "utf8"));

/** What a package's name says of its platform, in npm's words; enough for npm to pass over it elsewhere. */
function platformOf(name) {
  const words = name.split(/[-/.]/);
  const os = ["android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32", "aix"].find((one) =>
    words.includes(one),
  );
  const cpu = ["arm64", "x64", "ia32", "arm", "ppc64", "ppc64le", "s390x", "riscv64", "riscv64d", "loong64", "mips64el", "wasm32"].find(
    (one) => words.includes(one),
  );
  return { ...(cpu ? { cpu: [cpu === "riscv64d" ? "riscv64" : cpu] } : {}), ...(os ? { os: [os] } : {}) };
}

function missingOf([key, entry]) {
  return Object.entries(entry.optionalDependencies ?? {})
    .filter(([name]) => !(`node_modules/${name}` in lock.packages) && !(`${key}/node_modules/${name}` in lock.packages))
    .map(([name, version]) => [
      `node_modules/${name}`,
      { version: version.replace(/^[~^]/, ""), ...(entry.dev ? { dev: true } : {}), optional: true, ...platformOf(name) },
    ]);
}

const added = Object.entries(lock.packages).flatMap(missingOf);
const packages = Object.entries({ ...Object.fromEntries(added), ...lock.packages }).sort(([a], [b]) => (a < b ? -1 : 1));
writeFileSync(path, `${JSON.stringify({ ...lock, packages: Object.fromEntries(packages) }, null, 2)}\n`);
process.stdout.write(`${added.length} entries added\n`);
