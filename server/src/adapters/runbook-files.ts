import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** Pages of a folder, one for each finding; read anew each time, for they are few and seldom read. */
export const runbookFiles =
  (folder: string) =>
  async (finding: string): Promise<string | null> => {
    try {
      return await readFile(join(folder, `${finding}.md`), "utf8");
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
      throw error;
    }
  };
