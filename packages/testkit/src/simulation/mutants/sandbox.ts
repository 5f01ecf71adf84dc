import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Mutant } from "./mutants.ts";

const WORKSPACES = ["packages/time", "packages/audit", "packages/ntp", "packages/wire", "agent", "server", "packages/testkit"];

/** A copy of the built programs, into which one mistake after the other is built. */
export class Sandbox {
  readonly #root: string;
  readonly #folder: string;

  /** @param root of the repository; it must be built. */
  constructor(root: string) {
    this.#root = root;
    this.#folder = mkdtempSync(join(tmpdir(), "truebound-mutants-"));
    for (const name of WORKSPACES) this.#copy(name);
    this.#link();
  }

  /** The program of the simulation, with this mistake in it. */
  build(mutant: Mutant): string {
    const workspace = this.#workspaceOf(mutant);
    const source = readFileSync(join(this.#root, mutant.file), "utf8");
    if (source.split(mutant.from).length !== 2)
      throw new Error(`Cannot make the mutant "${mutant.name}": its text is not once in ${mutant.file}`);
    cpSync(join(this.#root, workspace, "src"), join(this.#folder, workspace, "src"), { recursive: true });
    writeFileSync(
      join(this.#folder, mutant.file),
      source.replace(mutant.from, () => mutant.to),
    );
    this.#emit(workspace, mutant);
    return join(this.#folder, "packages/testkit/dist/simulation/main.js");
  }

  /** As it was before the mistake. */
  restore(mutant: Mutant): void {
    this.#copy(this.#workspaceOf(mutant));
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #workspaceOf({ file }: Mutant): string {
    const workspace = WORKSPACES.find((name) => file.startsWith(`${name}/`));
    if (workspace === undefined) throw new Error(`Cannot build ${file}: it lies in no workspace`);
    return workspace;
  }

  #copy(name: string): void {
    rmSync(join(this.#folder, name, "dist"), { recursive: true, force: true });
    mkdirSync(join(this.#folder, name), { recursive: true });
    cpSync(join(this.#root, name, "package.json"), join(this.#folder, name, "package.json"));
    const isProgram = (path: string) => !/\.(map|tsbuildinfo|d\.ts)$/.test(path) && !path.includes("/dist/site");
    cpSync(join(this.#root, name, "dist"), join(this.#folder, name, "dist"), { recursive: true, filter: isProgram });
  }

  /** Other packages as they are installed; ours from the copy. */
  #link(): void {
    const [installed, linked] = [join(this.#root, "node_modules"), join(this.#folder, "node_modules")];
    mkdirSync(join(linked, "@truebound"), { recursive: true });
    for (const name of readdirSync(installed))
      if (name !== "@truebound" && !name.startsWith(".")) symlinkSync(join(installed, name), join(linked, name));
    for (const name of WORKSPACES) {
      symlinkSync(join(this.#folder, name), join(linked, "@truebound", name.split("/").at(-1) ?? name));
      if (existsSync(join(this.#root, name, "node_modules")))
        symlinkSync(join(this.#root, name, "node_modules"), join(this.#folder, name, "node_modules"));
    }
  }

  get #settings() {
    return {
      extends: join(this.#root, "tsconfig.base.json"),
      compilerOptions: {
        rootDir: "src",
        outDir: "dist",
        noCheck: true,
        composite: false,
        incremental: false,
        declaration: false,
        types: [],
      },
      include: ["src"],
      exclude: ["src/**/*.test.ts", "src/**/*.fixture.ts"],
    };
  }

  /** Only the programs of one workspace: what its types are was checked before. */
  #emit(workspace: string, mutant: Mutant): void {
    const compiler = join(this.#root, "node_modules/typescript/bin/tsc");
    writeFileSync(join(this.#folder, workspace, "tsconfig.json"), JSON.stringify(this.#settings));
    rmSync(join(this.#folder, workspace, "dist"), { recursive: true, force: true });
    const done = spawnSync(process.execPath, [compiler, "-p", join(this.#folder, workspace)], { encoding: "utf8" });
    if (done.status !== 0) throw new Error(`Cannot build the mutant "${mutant.name}":\n${done.stdout}${done.stderr}`);
  }
}
