import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isInContext, readCopy, readDockerfile, readIgnored, type Stage, type Step } from "./dockerfile.ts";

/** An image that was built by hand: the root of what its last stage would hold, beside the base image's own files. */
export interface BuiltImage {
  readonly root: string;
  /** Of its root; absolute in the image. */
  readonly workdir: string;
  readonly last: Stage;
}

/** The files of the repository that reach a build. */
export function copyContext(repository: string, into: string): void {
  const patterns = readIgnored(join(repository, ".dockerignore"));
  const listed = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "-z"], { cwd: repository, encoding: "utf8" });
  for (const path of listed.split("\0").filter((one) => one !== "" && isInContext(patterns, one))) {
    mkdirSync(dirname(join(into, path)), { recursive: true });
    cpSync(join(repository, path), join(into, path));
  }
}

/**
 * Does each COPY and RUN of a Dockerfile, each stage in a folder that stands for its root. A RUN is this machine's shell in the
 * stage's WORKDIR; so it must name nothing by an absolute path, and the base image's files are this machine's.
 */
export function buildByHand(dockerfile: string, context: string, folder: string, environment: NodeJS.ProcessEnv): BuiltImage {
  const stages = readDockerfile(dockerfile);
  const rootOf = (name: string | null) => join(folder, name ?? "final");
  for (const stage of stages) {
    const root = rootOf(stage.name);
    let workdir = "/";
    for (const step of stage.steps) {
      if (step.word === "WORKDIR") workdir = step.rest;
      mkdirSync(join(root, workdir), { recursive: true });
      if (step.word === "COPY") copy(step, root, workdir, (from) => (from === null ? context : rootOf(from)));
      if (step.word === "RUN") execFileSync("sh", ["-ec", step.rest], { cwd: join(root, workdir), env: environment, stdio: "pipe" });
    }
  }
  const last = stages.at(-1) as Stage;
  return { root: rootOf(last.name), workdir: last.steps.find(({ word }) => word === "WORKDIR")?.rest ?? "/", last };
}

/** A folder gives what is in it; a file goes by the target's name, or into it where that ends in a slash. */
function copy(step: Step, root: string, workdir: string, placeOf: (from: string | null) => string): void {
  const { from, sources, target, owner } = readCopy(step);
  const to = target.startsWith("/") ? join(root, target) : join(root, workdir, target);
  for (const source of sources) {
    const path = join(placeOf(from), source);
    if (!existsSync(path)) throw new Error(`Cannot copy ${source}: it is not in ${from ?? "the context"}`);
    const isInto = !statSync(path).isDirectory() && target.endsWith("/");
    mkdirSync(isInto ? to : dirname(to), { recursive: true });
    cpSync(path, isInto ? join(to, basename(source)) : to, { recursive: true, verbatimSymlinks: true });
  }
  if (owner !== null && process.getuid?.() === 0) execFileSync("chown", ["-R", owner, to]);
}
