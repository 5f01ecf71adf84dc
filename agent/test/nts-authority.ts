import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Issued {
  readonly certFile: string;
  readonly keyFile: string;
}

/** From and to, as openssl ca takes them. */
export type Dates = readonly [string, string];

export const FOR_DECADES: Dates = ["20200101000000Z", "20490101000000Z"];
/** Long over, by any clock that is right. */
export const LONG_AGO: Dates = ["20160101000000Z", "20180101000000Z"];

/** An authority of its own for certificates of NTS servers, by openssl; no date of it is by this machine's clock. */
export class NtsAuthority {
  readonly caFile: string;
  readonly #folder: string;
  readonly #config: string;
  #count = 0;

  constructor(folder: string) {
    this.#folder = folder;
    this.caFile = join(folder, "ca.crt");
    this.#config = join(folder, "ca.cnf");
    writeFileSync(join(folder, "index"), "");
    writeFileSync(this.#config, configIn(folder));
    newKey(join(folder, "ca.key"));
    const request = join(folder, "ca.csr");
    openssl("req", "-new", "-key", join(folder, "ca.key"), "-out", request, "-subj", "/CN=test authority");
    const own = ["-selfsign", "-keyfile", join(folder, "ca.key"), "-extensions", "authority"];
    openssl(
      "ca",
      "-batch",
      "-config",
      this.#config,
      ...own,
      "-in",
      request,
      "-out",
      this.caFile,
      ...between(["20100101000000Z", "20490101000000Z"]),
    );
  }

  /** The same name and key, vouched for by another authority. Returns the file of the certificate. */
  crossSignedBy(other: NtsAuthority, dates: Dates): string {
    const certFile = join(this.#folder, "cross.crt");
    const by = ["-cert", other.caFile, "-keyfile", join(other.#folder, "ca.key"), "-extensions", "authority"];
    const request = join(this.#folder, "ca.csr");
    openssl("ca", "-batch", "-config", other.#config, ...by, "-in", request, "-out", certFile, ...between(dates));
    return certFile;
  }

  /** @param names as subjectAltName has them, e.g. IP:127.0.0.1 */
  issue(names: string, dates: Dates = FOR_DECADES): Issued {
    const [keyFile, request, certFile] = ["key", "csr", "crt"].map((end) => join(this.#folder, `${this.#count}.${end}`)) as [
      string,
      string,
      string,
    ];
    this.#count += 1;
    newKey(keyFile);
    openssl("req", "-new", "-key", keyFile, "-out", request, "-subj", "/CN=nts server", "-addext", `subjectAltName=${names}`);
    const by = ["-cert", this.caFile, "-keyfile", join(this.#folder, "ca.key")];
    openssl("ca", "-batch", "-config", this.#config, ...by, "-in", request, "-out", certFile, ...between(dates));
    return { certFile, keyFile };
  }
}

const between = ([from, to]: Dates): string[] => ["-startdate", from, "-enddate", to, "-notext"];

const newKey = (file: string): void => openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", file);

const configIn = (folder: string): string => `[ca]
default_ca=a
[a]
database=${join(folder, "index")}
new_certs_dir=${folder}
policy=p
default_md=sha256
rand_serial=yes
unique_subject=no
copy_extensions=copy
[p]
commonName=supplied
[authority]
basicConstraints=critical,CA:TRUE,pathlen:0
keyUsage=critical,keyCertSign,cRLSign
[req]
distinguished_name=d
[d]
`;

function openssl(...args: string[]): void {
  const done = spawnSync("openssl", args, { encoding: "utf8" });
  if (done.status !== 0) throw new Error(`openssl ${args[0]}: ${done.stderr}`);
}
