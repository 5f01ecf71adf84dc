import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** "Java 22" is the same file, run by a JDK that reads RAW through java.lang.foreign. */
export type Language = "C" | "Go" | "Java" | "Java 22" | "Python" | "Node";

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
  "Java 22": ["javac"],
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
  Java: (folder) => javaReader(folder, ["java"]),
  "Java 22": (folder) => javaReader(folder, [newerJava() ?? "java", "--enable-native-access=ALL-UNNAMED"]),
  Python: () => ({ command: [python(), "-B", join(CLIENTS, "python/check.py")], axis: "raw" }),
  Node: () => ({ command: [process.execPath, join(CHILD, "read-segment.js")], axis: "raw" }),
};

function javaReader(folder: string, java: readonly [string, ...string[]]): Omit<Reader, "language"> {
  const sources = ["Truebound.java", "Check.java"].map((file) => join(CLIENTS, "java", file));
  // The oldest release that it promises to run on.
  run("javac", ["--release", "11", "-Xlint:all", "-Werror", "-d", folder, ...sources], folder);
  const command = [...java, "-cp", folder, "Check"] as const;
  const axis = execFileSync(java[0], [...command.slice(1), "axis"], { encoding: "utf8" }).trim();
  return { command, axis: axis === "raw" ? "raw" : "monotonic" };
}

const FIRST_WITH_FOREIGN = 22;

/** A `java` of release 22 or later: the one of JAVA_HOME, of the PATH, or of where Linux distributions put them; null = there is none. */
export function newerJava(): string | null {
  const [home, path] = [process.env.JAVA_HOME, find("java")];
  const all = [...(home === undefined ? [] : [join(home, "bin/java")]), ...(path === null ? [] : [realpathSync(path)]), ...jvms()];
  return all.find((java) => existsSync(java) && releaseOf(java) >= FIRST_WITH_FOREIGN) ?? null;
}

const JVMS = "/usr/lib/jvm";
const jvms = (): string[] => (existsSync(JVMS) ? readdirSync(JVMS).map((name) => join(JVMS, name, "bin/java")) : []);

/** 17 of a JDK whose `release` file says JAVA_VERSION="17.0.15"; 0 = it says nothing. */
function releaseOf(java: string): number {
  const told = join(dirname(dirname(java)), "release");
  return existsSync(told) ? Number(/^JAVA_VERSION="(\d+)/m.exec(readFileSync(told, "utf8"))?.[1] ?? 0) : 0;
}

/** "Java 22" only where there is one: Debian 12 has none. */
export const LANGUAGES = (Object.keys(BUILDS) as readonly Language[]).filter((language) => language !== "Java 22" || newerJava() !== null);

/** Only where `lacksFor` says null. */
export const buildReader = (language: Language, folder: string): Reader => ({ language, ...BUILDS[language](folder) });

function run(program: string, args: readonly string[], cwd: string): void {
  execFileSync(program, args, { cwd, stdio: ["ignore", "ignore", "inherit"], timeout: 300_000 });
}
