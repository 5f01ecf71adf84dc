// Builds what is missing or older than its sources. Plain JavaScript: it must run before anything is built.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const projects = [
  "packages/time",
  "packages/audit",
  "packages/ntp",
  "packages/wire",
  "packages/client",
  "agent",
  "server",
  "packages/testkit",
  "packages/release",
  "packages/source-ntp-time-sync",
  "web",
];
const products = [
  "agent/dist/main.js",
  "server/dist/main.js",
  "packages/testkit/dist/index.js",
  "packages/release/dist/main.js",
  "packages/source-ntp-time-sync/dist/child.js",
  "web/dist/site/index.html",
];
const stamp = join(root, "node_modules/.cache/truebound/built");

/** Newest change, in ms, among the files below a folder that are sources. */
function newestBelow(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .reduce((newest, entry) => Math.max(newest, statSync(join(entry.parentPath ?? entry.path, entry.name)).mtimeMs), 0);
}

function isFresh() {
  if (!existsSync(stamp) || products.some((product) => !existsSync(join(root, product)))) return false;
  const configs = ["package-lock.json", "tsconfig.base.json", "web/index.html", "web/vite.config.ts"];
  const newest = Math.max(
    ...projects.map((project) => newestBelow(join(root, project, "src"))),
    ...configs
      .map((file) => join(root, file))
      .filter((file) => existsSync(file))
      .map((file) => statSync(file).mtimeMs),
  );
  return newest <= statSync(stamp).mtimeMs;
}

function run(what, script, args, cwd) {
  if (!existsSync(join(root, script))) fail(`Cannot build ${what}: ${script} is not installed; run npm ci in ${root}`);
  const done = spawnSync(process.execPath, [join(root, script), ...args], { cwd: join(root, cwd), encoding: "utf8" });
  if (done.status !== 0) fail(`Cannot build ${what}:\n${done.stdout}${done.stderr}`);
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/** Makes sure that the built product is that of the present sources. Says so only when it takes a while. */
export function ensureBuilt() {
  if (isFresh()) return;
  const started = new Date();
  process.stderr.write("building Truebound, once …\n");
  run("the programs", "node_modules/typescript/bin/tsc", ["-b", ...projects], ".");
  run("the page", "node_modules/vite/bin/vite.js", ["build", "--logLevel", "error"], "web");
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, "");
  // A source saved while the build ran is newer than this and will be built next time.
  utimesSync(stamp, started, started);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) ensureBuilt();
