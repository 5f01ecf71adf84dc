import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const CONFIG = `
[tsa]
default_tsa = one
[one]
serial = serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
`;

export const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

/** An RFC 3161 authority made of openssl. */
export interface TimeAuthority {
  reply(query: Uint8Array): Uint8Array;
  end(): void;
}

export function timeAuthority(): TimeAuthority {
  const dir = mkdtempSync(join(tmpdir(), "truebound-authority-"));
  const openssl = (...args: string[]): void => {
    const { status, stderr } = spawnSync("openssl", args, { cwd: dir });
    if (status !== 0) throw new Error(`openssl ${args.join(" ")}: ${stderr.toString()}`);
  };
  writeFileSync(join(dir, "tsa.cnf"), CONFIG);
  writeFileSync(join(dir, "serial"), "01\n");
  writeFileSync(
    join(dir, "ext"),
    "extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\nbasicConstraints=CA:FALSE\n",
  );
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl("req", "-x509", ...key, "-keyout", "root.key", "-out", "root.pem", "-subj", "/CN=test root", "-days", "9000");
  openssl("req", ...key, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=test authority");
  const issue = ["-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days", "9000", "-extfile", "ext"];
  openssl("x509", "-req", "-in", "tsa.csr", ...issue, "-out", "tsa.pem");
  return {
    reply: (query) => {
      writeFileSync(join(dir, "query.tsq"), query);
      openssl(
        "ts",
        "-reply",
        "-config",
        "tsa.cnf",
        "-queryfile",
        "query.tsq",
        "-signer",
        "tsa.pem",
        "-inkey",
        "tsa.key",
        "-out",
        "reply.tsr",
      );
      return readFileSync(join(dir, "reply.tsr"));
    },
    end: () => rmSync(dir, { recursive: true, force: true }),
  };
}
