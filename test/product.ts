import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@truebound/testkit";

const LAUNCHER = join(import.meta.dirname, "../bin/truebound.js");

/** The whole product as `npm start` runs it, on ports and in a folder of its own. */
export interface Product {
  readonly url: string;
  readonly stderr: () => string;
  /** Resolves to the exit code after SIGTERM. */
  stop(): Promise<number | null>;
}

export async function startProduct(sources: string, options: { demo?: boolean } = {}): Promise<Product> {
  const folder = mkdtempSync(join(tmpdir(), "truebound-product-"));
  chmodSync(folder, 0o711);
  const [httpPort, agentPort] = [await freePort(), await freePort()];
  const inherited = Object.entries(process.env).filter(([key]) => !key.startsWith("TRUEBOUND_") && key !== "DATABASE_URL");
  const env = {
    ...Object.fromEntries(inherited),
    TRUEBOUND_DATA_DIR: folder,
    TRUEBOUND_HTTP_PORT: String(httpPort),
    TRUEBOUND_LISTEN: `127.0.0.1:${agentPort}`,
    TRUEBOUND_SOURCES: sources,
  };
  const child = spawn(process.execPath, [LAUNCHER, "up", ...(options.demo ? ["--demo"] : [])], { env, stdio: ["ignore", "pipe", "pipe"] });
  const errors: string[] = [];
  child.stderr.on("data", (chunk: Buffer) => errors.push(chunk.toString()));
  const url = await printedUrl(child, errors);
  return {
    url,
    stderr: () => errors.join(""),
    stop: async () => {
      const code = await stopped(child);
      rmSync(folder, { recursive: true, force: true });
      return code;
    },
  };
}

function printedUrl(child: ChildProcess, errors: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stdout?.on("data", (chunk: Buffer) => {
      const url = /http:\/\/\S+/.exec(chunk.toString())?.[0];
      if (url) resolve(url);
    });
    child.once("exit", (code) => reject(new Error(`Cannot start the product, exit ${code}: ${errors.join("")}`)));
  });
}

function stopped(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    if (child.exitCode !== null) return resolve(child.exitCode);
    child.once("exit", (code) => resolve(code));
    child.kill("SIGTERM");
  });
}
