import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export type Language = "C" | "Go" | "Java" | "Python" | "Node";

/** A reader of the segment in one language, built: what is run, in front of its arguments. */
export interface Reader {
  readonly language: Language;
  readonly command: readonly [program: string, ...args: string[]];
  /** By which clock it can know UTC. */
  readonly axis: "raw" | "monotonic";
}

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
export const CLIENTS = join(ROOT, "clients");
const CHILD = fileURLToPath(new URL("../../dist/child/", import.meta.url));

export const WRITER = join(CHILD, "write-segment.js");

const PATHS = (process.env.PATH ?? "").split(":");
const find = (program: string): string | null => PATHS.map((folder) => join(folder, program)).find((path) => existsSync(path)) ?? null;
/** Debian's own, not one that a user put before it. */
const python = (): string => (existsSync("/usr/bin/python3") ? "/usr/bin/python3" : "python3");

/** What of this machine a language needs. */
const NEEDS: Readonly<Record<Language, readonly string[]>> = {
  C: ["gcc"],
  Go: ["go"],
  Java: ["javac", "java"],
  Python: ["python3"],
  Node: [],
};

/** The first program that a language's reader needs and this machine lacks; null = it has all. */
export const lacksFor = (language: Language): string | null => NEEDS[language].find((program) => find(program) === null) ?? null;

/** @param folder where what is built goes. */
const BUILDS: Readonly<Record<Language, (folder: string) => Omit<Reader, "language">>> = {
  C: (folder) => {
    const program = join(folder, "check-c");
    const sources = ["check.c", "truebound.c"].map((file) => join(CLIENTS, "c", file));
    run("gcc", ["-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", ...sources, "-o", program], folder);
    return { command: [program], axis: "raw" };
  },
  Go: (folder) => {
    const program = join(folder, "check-go");
    run("go", ["build", "-o", program, "./check"], join(CLIENTS, "go"));
    return { command: [program], axis: "raw" };
  },
  Java: (folder) => {
    const sources = ["Truebound.java", "Check.java"].map((file) => join(CLIENTS, "java", file));
    run("javac", ["-Xlint:all", "-Werror", "-d", folder, ...sources], folder);
    return { command: ["java", "-cp", folder, "Check"], axis: "monotonic" };
  },
  Python: () => ({ command: [python(), "-B", join(CLIENTS, "python/check.py")], axis: "raw" }),
  Node: () => ({ command: [process.execPath, join(CHILD, "read-segment.js")], axis: "raw" }),
};

export const LANGUAGES = Object.keys(BUILDS) as readonly Language[];

/** Only where `lacksFor` says null. */
export const buildReader = (language: Language, folder: string): Reader => ({ language, ...BUILDS[language](folder) });

function run(program: string, args: readonly string[], cwd: string): void {
  execFileSync(program, args, { cwd, stdio: ["ignore", "ignore", "inherit"], timeout: 300_000 });
}
