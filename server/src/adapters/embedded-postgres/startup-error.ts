export type ExitCode = 1 | 2 | 78;

/** One line for the operator (action, value, how to mend) and the exit code: 2 for what was asked wrongly, 78 for configuration, else 1. */
export class StartupError extends Error {
  override readonly name = "StartupError";
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode, options?: ErrorOptions) {
    super(oneLine(message), options);
    this.exitCode = exitCode;
  }
}

export function oneLine(text: string): string {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join(" | ");
}

const CAUSES: Readonly<Record<string, { readonly text: string; readonly exitCode: ExitCode }>> = {
  EACCES: {
    text: "permission denied; give this user the right to write there, or set TRUEBOUND_DATA_DIR elsewhere",
    exitCode: 78,
  },
  EPERM: {
    text: "not permitted; give this user the right to write there, or set TRUEBOUND_DATA_DIR elsewhere",
    exitCode: 78,
  },
  EROFS: { text: "the file system is read-only; set TRUEBOUND_DATA_DIR to a folder on a writable one", exitCode: 78 },
  ENOTDIR: { text: "a part of this path is not a folder; set TRUEBOUND_DATA_DIR elsewhere", exitCode: 78 },
  EEXIST: { text: "something else has this name; move it away, or set TRUEBOUND_DATA_DIR elsewhere", exitCode: 78 },
  ENOENT: { text: "no such folder, and none can be made; set TRUEBOUND_DATA_DIR elsewhere", exitCode: 78 },
  ENOSPC: { text: "the disk is full; free some space there, or set TRUEBOUND_DATA_DIR to another disk", exitCode: 1 },
  EDQUOT: {
    text: "the disk quota is used up; free some space there, or set TRUEBOUND_DATA_DIR elsewhere",
    exitCode: 1,
  },
};

/** What the file system refused, in the operator's words. `action` names the path: "create the data folder /x". */
export function fileTrouble(action: string, cause: unknown): StartupError {
  if (cause instanceof StartupError) return cause;
  const known = CAUSES[errorCode(cause) ?? ""];
  return new StartupError(`Cannot ${action}: ${known?.text ?? messageOf(cause)}`, known?.exitCode ?? 1, { cause });
}

export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

export const messageOf = (error: unknown): string => oneLine(error instanceof Error ? error.message : String(error));
