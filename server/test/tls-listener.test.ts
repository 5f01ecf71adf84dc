import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type SecureVersion } from "node:tls";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Listener, listen } from "../src/adapters/http/listen.ts";

/** R40: nobody reports by a TLS that is too old, whatever the agent may be willing to do. */
const folder = mkdtempSync(join(tmpdir(), "truebound-tls-listener-"));
const [certFile, keyFile] = [join(folder, "server.crt"), join(folder, "server.key")];
let listener: Listener;

beforeAll(async () => {
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
  const made = spawnSync("openssl", ["req", "-x509", ...curve, "-nodes", "-subj", "/CN=x", "-keyout", keyFile, "-out", certFile], {
    encoding: "utf8",
  });
  if (made.status !== 0) throw new Error(made.stderr);
  const tls = { cert: readFileSync(certFile, "utf8"), key: readFileSync(keyFile, "utf8") };
  listener = await listen((_req, res) => res.end("heard"), { host: "127.0.0.1", port: 0 }, "TRUEBOUND_LISTEN", tls);
});
afterAll(async () => {
  await listener?.close();
  rmSync(folder, { recursive: true, force: true });
});

function shakeHands(version: SecureVersion): Promise<string> {
  const { port } = new URL(listener.url);
  return new Promise((resolve) => {
    const socket = connect(
      {
        host: "127.0.0.1",
        port: Number(port),
        minVersion: version,
        maxVersion: version,
        ciphers: "DEFAULT:@SECLEVEL=0",
        rejectUnauthorized: false,
      },
      () => {
        resolve(socket.getProtocol() ?? "none");
        socket.destroy();
      },
    );
    socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

it.each(["TLSv1", "TLSv1.1"] as const)("refuses %s", async (version) => expect(await shakeHands(version)).toMatch(/VERSION|ECONNRESET/));
it.each(["TLSv1.2", "TLSv1.3"] as const)("takes %s", async (version) => expect(await shakeHands(version)).toBe(version));
