import { spawnSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EXTENSION, extensionsOf } from "./certificate-extensions.ts";
import { pathTo } from "./certificate-path.ts";

/** Extensions of each kind of certificate, as openssl takes them. The last line of a kind may be wrong on purpose. */
const CA = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign";
const LEAF = "basicConstraints=CA:FALSE\nsubjectAltName=DNS:nts.example.net\nextendedKeyUsage=serverAuth";
/** Nobody knows it, and its bytes are none of a known one. */
const STRANGE = "1.3.6.1.4.1.99999.1=critical,ASN1:UTF8String:no";
const ELSEWHERE = "nameConstraints=critical,permitted;DNS:elsewhere.example";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "truebound-path-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;
const file = (end: string): string => join(folder, `${count++}.${end}`);

function openssl(...args: readonly string[]): { readonly ok: boolean; readonly says: string } {
  const { status, stdout, stderr } = spawnSync("openssl", args, { encoding: "utf8" });
  return { ok: status === 0, says: `${stdout}${stderr}` };
}

interface Made {
  readonly cert: string;
  readonly key: string;
}

/** One certificate, valid now, so that openssl says what it thinks of all but the dates. */
function make(name: string, extensions: string, by: Made | null, digest = "sha256"): Made {
  const [key, request, config, cert] = [file("key"), file("csr"), file("cnf"), file("crt")] as [string, string, string, string];
  writeFileSync(config, extensions);
  const made = [
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key),
    openssl("req", "-new", "-key", key, "-out", request, "-subj", `/CN=${name}`),
    openssl(
      "x509",
      "-req",
      "-in",
      request,
      "-out",
      cert,
      "-days",
      "30",
      `-${digest}`,
      "-extfile",
      config,
      ...(by === null ? ["-signkey", key] : ["-CA", by.cert, "-CAkey", by.key, "-CAcreateserial"]),
    ),
  ];
  for (const { ok, says } of made) if (!ok) throw new Error(says);
  return { cert, key };
}

interface Chain {
  readonly root?: string;
  /** From below the root downwards. */
  readonly between?: readonly string[];
  readonly leaf?: string;
  readonly digest?: string;
}

/** What openssl makes of a chain whatever the time, as TLS asks it, and what we do. */
function verdicts({ root = CA, between = [], leaf = LEAF, digest = "sha256" }: Chain) {
  const anchor = make("root", root, null);
  const issuers: Made[] = [];
  for (const extensions of between) issuers.push(make(`between ${issuers.length}`, extensions, issuers.at(-1) ?? anchor, digest));
  const end = make("leaf", leaf, issuers.at(-1) ?? anchor, digest);
  const sent = file("pem");
  writeFileSync(sent, issuers.map(({ cert }) => readFileSync(cert, "utf8")).join(""));
  const others = issuers.length === 0 ? [] : ["-untrusted", sent];
  const asked = ["-no_check_time", "-purpose", "sslserver", "-verify_hostname", "nts.example.net", "-auth_level", "2"];
  const read = ({ cert }: Made) => new X509Certificate(readFileSync(cert));
  return {
    openssl: openssl("verify", ...asked, "-CAfile", anchor.cert, ...others, end.cert).ok,
    ours: pathTo([read(anchor)], read(end), issuers.map(read)) !== null,
  };
}

describe("the path to an authority", () => {
  it.each<[string, Chain]>([
    ["nobody between", {}],
    ["one between", { between: [CA] }],
    ["two between, as many as are allowed", { root: `${CA.replace("TRUE", "TRUE,pathlen:2")}`, between: [CA, CA] }],
    ["a leaf that says nothing of what it is for", { leaf: "subjectAltName=DNS:nts.example.net" }],
    ["known extensions that are critical", { leaf: `${LEAF.replaceAll("=", "=critical,")}\nkeyUsage=critical,digitalSignature` }],
  ])("is found by openssl and by us: %s", (_, chain) => expect(verdicts(chain)).toEqual({ openssl: true, ours: true }));

  it.each<[string, Chain]>([
    ["one between who may not issue", { between: [LEAF] }],
    ["one between who may not sign certificates", { between: [CA.replace("keyCertSign,", "")] }],
    ["more between than are allowed", { root: CA.replace("TRUE", "TRUE,pathlen:0"), between: [CA] }],
    ["a leaf for clients", { leaf: LEAF.replace("serverAuth", "clientAuth") }],
    ["a leaf whose key may only sign certificates", { leaf: `${LEAF}\nkeyUsage=critical,keyCertSign` }],
    ["one between for mail alone", { between: [`${CA}\nextendedKeyUsage=emailProtection`] }],
    ["an authority for mail alone", { root: `${CA}\nextendedKeyUsage=emailProtection` }],
    ["a leaf with a critical extension that nobody knows", { leaf: `${LEAF}\n${STRANGE}` }],
    ["one between with such an extension", { between: [`${CA}\n${STRANGE}`] }],
    ["an authority with such an extension", { root: `${CA}\n${STRANGE}` }],
    ["one between for other names", { between: [`${CA}\n${ELSEWHERE}`] }],
    ["an authority for other names", { root: `${CA}\n${ELSEWHERE}` }],
    ["SHA-1", { digest: "sha1" }],
  ])("is refused by openssl and by us: %s", (_, chain) => expect(verdicts(chain)).toEqual({ openssl: false, ours: false }));
});

describe("extensions of a certificate", () => {
  it("are read with their names, and whether they are critical", () => {
    const { cert } = make("server", `${LEAF}\nkeyUsage=critical,digitalSignature`, null);
    const read = extensionsOf(new X509Certificate(readFileSync(cert)).raw);
    const criticalOf = (name: string) => read?.get(name)?.critical;
    expect([EXTENSION.keyUsage, EXTENSION.subjectAltName, EXTENSION.nameConstraints].map(criticalOf)).toEqual([true, false, undefined]);
  });
  it("of no bytes crash whoever reads them", () => {
    const { raw } = new X509Certificate(readFileSync(make("server", LEAF, null).cert));
    const change = fc.tuple(fc.nat(raw.length - 1), fc.nat(255), fc.nat(raw.length));
    fc.assert(
      fc.property(change, ([at, byte, length]) => {
        const bent = Uint8Array.from(raw);
        bent[at] = byte;
        const read = extensionsOf(bent.subarray(0, length));
        return read === null || read instanceof Map;
      }),
      { numRuns: 2000 },
    );
  });
});
