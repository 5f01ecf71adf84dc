import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { certificate } from "./certificate.ts";

const folder = mkdtempSync(join(tmpdir(), "truebound-https-"));
const authority = join(folder, "authority.pem");
const { key, cert } = certificate();
let asked: string[] = [];
const server = createServer({ key, cert }, (request, response) => {
  asked.push(`${request.method} ${request.headers.host}${request.url}`);
  response.writeHead(202).end();
});
let port = 0;

beforeAll(async () => {
  writeFileSync(authority, cert);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

const built = JSON.stringify(fileURLToPath(new URL("../dist/adapters/notify/http-request.js", import.meta.url)));
const PROGRAM = `
import { httpRequests } from ${built};
const result = await httpRequests()({ url: process.argv[1], allowPrivate: true }, { method: "POST", body: "{}" });
process.stdout.write(JSON.stringify(result));
`;

/** In a process of its own: which authorities are believed is read at its start. */
async function post(url: string, env: Readonly<Record<string, string>>): Promise<unknown> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", PROGRAM, url], {
    env: { PATH: process.env.PATH ?? "", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  for await (const piece of child.stdout) said += String(piece);
  return JSON.parse(said);
}

describe("over HTTPS", () => {
  it("a receiver is told whose certificate is of an authority that is known", async () => {
    asked = [];
    const result = await post(`https://localhost:${port}/hook?a=b`, { NODE_EXTRA_CA_CERTS: authority });
    expect(result).toMatchObject({ status: 202 });
    expect(asked).toEqual([`POST localhost:${port}/hook?a=b`]);
  });
  it.each([
    ["of one that is not", "localhost", {}, "DEPTH_ZERO_SELF_SIGNED_CERT"],
    ["another name's", "127.0.0.1", { NODE_EXTRA_CA_CERTS: authority }, "ERR_TLS_CERT_ALTNAME_INVALID"],
  ])("a receiver is not told whose certificate is %s", async (_, host, env, code) => {
    asked = [];
    expect(await post(`https://${host}:${port}/`, env)).toEqual({ unanswered: `${host}:${port} cannot be reached (${code})` });
    expect(asked).toEqual([]);
  });
});
