import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const config = (dir: string): string => `[tsa]
default_tsa = one
[one]
serial = ${dir}/serial
default_policy = 1.2.3.4.1
digests = sha256
signer_digest = sha256
`;
const USAGE = "extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\nbasicConstraints=CA:FALSE\n";
const KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/** A time-stamping authority of openssl's own, under a root that is written beside its replies; null = there is no openssl. */
export function stampByOpenssl(dir: string, sha256: string): { readonly response: Uint8Array; readonly root: string } | null {
  if (spawnSync("openssl", ["version"]).status !== 0) return null;
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, "tsa.cnf"), config(dir));
  writeFileSync(join(dir, "serial"), "01\n");
  writeFileSync(join(dir, "ext"), USAGE);
  const run = (...args: string[]): void => {
    const { status, stderr } = spawnSync("openssl", args, { cwd: dir, encoding: "utf8" });
    if (status !== 0) throw new Error(`Cannot stamp a head by openssl ${args[0]}: ${stderr}`);
  };
  run("req", "-x509", ...KEY, "-keyout", "root.key", "-out", "root.pem", "-subj", "/CN=bench root", "-days", "9000");
  run("req", ...KEY, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=bench authority");
  run(..."x509 -req -in tsa.csr -CA root.pem -CAkey root.key -CAcreateserial -out tsa.pem -days 9000 -extfile ext".split(" "));
  run("ts", "-query", "-digest", sha256, "-sha256", "-cert", "-out", "query.tsq");
  run(..."ts -reply -config tsa.cnf -queryfile query.tsq -signer tsa.pem -inkey tsa.key -out reply.tsr".split(" "));
  return { response: readFileSync(join(dir, "reply.tsr")), root: join(dir, "root.pem") };
}
