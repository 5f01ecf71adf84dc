import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The same distance from src and from dist. */
const PACKAGE = new URL("../../package.json", import.meta.url);

export const VERSION: string = (JSON.parse(readFileSync(PACKAGE, "utf8")) as { version: string }).version;

/** The folder of the repository, or of what was installed of it. */
export const ROOT: string = fileURLToPath(new URL("../../..", import.meta.url));
