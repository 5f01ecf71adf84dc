import {
  type BundleFiles,
  type SignoffAct,
  type SignoffStatement,
  signedStatementText,
  signoffText,
  type VerifyPorts,
  verifyBundle,
} from "@truebound/audit";
import { formatUtc } from "@truebound/time";
import type { Told } from "../../admin/admin.ts";
import type { MadeReport } from "../ports.ts";
import type { KeptSignoff, Signer, Signing, Unproved } from "./ports.ts";
import type { SignoffRequest } from "./requests.ts";
import { type SignedReport, type WritePorts, writeSignoffs } from "./write-signoffs.ts";

export interface PersonKey {
  /** Raw Ed25519, base64url. */
  readonly publicKey: string;
  sign(text: string): Uint8Array;
}

export interface SignPorts extends WritePorts {
  readonly verify: Omit<VerifyPorts, "files">;
  readonly files: (folder: string) => BundleFiles;
  readonly find: (id: string) => Promise<MadeReport | null>;
  /** Fails with a reason. */
  readonly openKey: (file: string) => PersonKey;
  /** Makes a file that is not there yet. */
  readonly makeKey: (file: string) => PersonKey;
}

const refuse = (err: string): Told => ({ code: 1, out: "", err: `${err}\n` });

/** Does what a person asked for on the command line. */
export async function tellSignoff(ports: SignPorts, request: SignoffRequest): Promise<Told> {
  switch (request.do) {
    case "sign":
    case "countersign":
      return sign(ports, request);
    case "signoffs":
      return showSignoffs(ports, request);
    case "add_signer":
      return addSigner(ports, request);
    case "remove_signer":
      return removeSigner(ports, request);
    case "list_signers":
      return listSigners(await ports.book.signers(), request.json);
    default:
      return request satisfies never;
  }
}

type Sign = Extract<SignoffRequest, { readonly do: SignoffAct }>;

/** Whoever signs says that the bundle was verified: it is verified here, and not signed otherwise. */
async function sign(ports: SignPorts, request: Sign): Promise<Told> {
  const { do: act, name, keyFile } = request;
  const report = await located(ports, request.of);
  if (typeof report === "string") return refuse(report);
  const found = await verifyBundle({ ...ports.verify, files: ports.files(report.folder) });
  if (found.kind === "fails")
    return refuse(
      `Cannot ${act} ${report.folder}: its bundle does not hold (step ${found.failure.step}, rule ${found.failure.rule}: ${found.failure.detail}); truebound report verify says where`,
    );
  const keys = await ports.book.followingKeys(report.manifest.issuer.public_key);
  if (keys === null) return refuse(`Cannot ${act} report ${report.manifest.id}: ${nobodyVouches(report)}; make it again, and sign that`);
  const key = ports.openKey(keyFile);
  const before = await ports.book.of(report.manifest.id);
  const why = whyNotBy(name, key, await ports.book.signers()) ?? whyNotAfter(request, key, before);
  if (why !== null) return refuse(why);
  const unproved = await ports.book.unproved([...before.map(whoSigned), { name, publicKey: key.publicKey, signed: null }]);
  if (unproved !== null) return refuse(unprovedInWords(request, report, unproved));
  const kept = await signed(ports, report, request, key, before);
  if (!(await ports.book.add(kept)))
    return refuse(
      `Cannot ${act} report ${report.manifest.id}: somebody signed it meanwhile; look at truebound report signoffs, and sign again`,
    );
  await writeSignoffs(ports, report, [...before, kept], keys);
  return { code: 0, out: signedInWords(report, kept), err: "" };
}

const whoSigned = ({ statement: { name, public_key, report }, digest }: KeptSignoff): Signing => ({
  name,
  publicKey: public_key,
  signed: { report, digest },
});

const whatWasLeft = ({ leftMonth }: Unproved): string =>
  `lies in the log of ${leftMonth}, which was left when a key of the server was lost: what is stored of it is not what that key signed, so nobody can prove it`;

/** Who has not signed yet is registered once more; what was signed before that stays without proof. */
const unprovedInWords = ({ do: act }: Sign, { manifest }: SignedReport, { name, publicKey, signed, leftMonth }: Unproved): string =>
  signed === null
    ? `Cannot ${act} as ${name}: that key's registration ${whatWasLeft({ name, publicKey, signed, leftMonth })}; truebound report signer add ${JSON.stringify(name)} --public-key ${publicKey} --who NAME registers it once more, or restore that month (truebound log show)`
    : `Cannot ${act} report ${manifest.id}: what ${name} signed of it, or that key's registration, ${whatWasLeft({ name, publicKey, signed, leftMonth })}; make the report again, and sign that, or restore that month (truebound log show)`;

const nobodyVouches = ({ manifest: { issuer } }: SignedReport): string =>
  `the server's key ${issuer.key_id}, which signed it, was lost, and nobody vouches for the one in use, which would sign its sheets`;

/** By its id, where its bundle still lies; or by the folder, where the database knows what it holds. */
async function located({ files, find, verify }: SignPorts, of: string): Promise<SignedReport | string> {
  const there = await files(of).read("manifest.json");
  const id = there === null ? of : idIn(there);
  const made = id === null ? null : await find(id);
  if (made === null)
    return `Cannot find report ${JSON.stringify(of)}: it is neither an id, as truebound report list shows it, nor the folder of a bundle`;
  const folder = there === null ? made.place : of;
  const manifest = there ?? (await files(folder).read("manifest.json"));
  if (manifest === null)
    return `Cannot find the bundle of report ${made.id}: it is not in ${folder} any more; name the folder where it lies`;
  return verify.crypto.hex(verify.crypto.sha256(manifest)) === made.sha256
    ? { folder, manifest: JSON.parse(made.manifest) as SignedReport["manifest"], sha256: made.sha256 }
    : `Cannot use ${folder}: its manifest is not the one that this database remembers of report ${made.id}, SHA-256 ${made.sha256}`;
}

function idIn(manifest: Uint8Array): string | null {
  try {
    const { id } = JSON.parse(Buffer.from(manifest).toString("utf8")) as { readonly id?: unknown };
    return typeof id === "string" ? id : null;
  } catch {
    return null; // no JSON
  }
}

function whyNotBy(name: string, { publicKey }: PersonKey, signers: readonly Signer[]): string | null {
  const known = signers.find((one) => one.name === name);
  const add = `truebound report signer add ${JSON.stringify(name)} --public-key ${publicKey} --who NAME registers it`;
  if (known === undefined) return `Cannot sign as ${name}: nobody of that name is registered; ${add}`;
  return known.publicKey === publicKey
    ? null
    : `Cannot sign as ${name}: that person's key is ${known.publicKey}, and the key of --key is ${publicKey}; ${add}`;
}

function whyNotAfter({ do: act, name }: Sign, { publicKey }: PersonKey, before: readonly KeptSignoff[]): string | null {
  const own = before.find(({ statement }) => statement.name === name || statement.public_key === publicKey);
  if (own !== undefined)
    return `Cannot ${act} as ${name}: ${own.statement.name} signed this report at ${own.statement.signed_at} already; somebody else must countersign`;
  return act === "countersign" && before.length === 0
    ? "Cannot countersign what nobody has signed yet: truebound report sign comes first"
    : null;
}

async function signed(
  { book, sha256 }: SignPorts,
  { manifest, sha256: manifestSha256 }: SignedReport,
  { do: act, name, role, words }: Sign,
  key: PersonKey,
  before: readonly KeptSignoff[],
): Promise<KeptSignoff> {
  const statement: SignoffStatement = {
    act,
    report: manifest.id,
    manifest_sha256: manifestSha256,
    name,
    role,
    words,
    signed_at: formatUtc(await book.now()),
    public_key: key.publicKey,
    over: before.map(({ digest }) => digest),
  };
  const signature = Buffer.from(key.sign(signoffText(statement))).toString("base64url");
  const digest = Buffer.from(sha256(signedStatementText({ statement, signature }))).toString("hex");
  return { statement, signature, digest };
}

const signedInWords = ({ manifest, sha256, folder }: SignedReport, { statement: { act, name, role, signed_at } }: KeptSignoff): string =>
  [
    `${act === "sign" ? "Signed" : "Countersigned"}: report ${manifest.id}, by ${name}, ${role}, at ${signed_at}`,
    `  SHA-256   ${sha256}`,
    `  sheet     ${folder}/signoff.pdf`,
    "",
  ].join("\n");

/** Writes signoff.json again too: a copy of a bundle may lack it, or a crash may have left half of it. */
async function showSignoffs(ports: SignPorts, { of, json }: Extract<SignoffRequest, { readonly do: "signoffs" }>): Promise<Told> {
  const report = await located(ports, of);
  if (typeof report === "string") return refuse(report);
  const signoffs = await ports.book.of(report.manifest.id);
  const keys = signoffs.length === 0 ? [] : await ports.book.followingKeys(report.manifest.issuer.public_key);
  const why = signoffs.length === 0 ? null : keys === null ? nobodyVouches(report) : await whyNotWritten(ports, signoffs);
  if (signoffs.length > 0 && keys !== null && why === null) await writeSignoffs(ports, report, signoffs, keys);
  const err = why === null ? "" : `Cannot write ${report.folder}/signoff.json again: ${why}\n`;
  const statements = signoffs.map(({ statement }) => statement);
  if (json) return { code: 0, out: `${JSON.stringify({ items: statements }, null, 2)}\n`, err };
  if (statements.length === 0) return { code: 0, out: "", err: `Nobody has signed report ${report.manifest.id} yet\n` };
  return { code: 0, out: statements.map(signoffLine).join(""), err };
}

async function whyNotWritten({ book }: SignPorts, signoffs: readonly KeptSignoff[]): Promise<string | null> {
  const unproved = await book.unproved(signoffs.map(whoSigned));
  return unproved === null ? null : `what ${unproved.name} signed, or that key's registration, ${whatWasLeft(unproved)}`;
}

export const signoffLine = ({ act, name, role, signed_at, public_key }: SignoffStatement): string =>
  `${act === "sign" ? "signed       " : "countersigned"}  ${signed_at}  ${name}, ${role}, key ${public_key}\n`;

async function addSigner(ports: SignPorts, request: Extract<SignoffRequest, { readonly do: "add_signer" }>): Promise<Told> {
  const { name, publicKey, newKey, who } = request;
  const key = newKey === null ? (publicKey as string) : ports.makeKey(newKey).publicKey;
  if (!(await ports.book.setSigner(name, key, who)))
    return refuse(`Cannot register key ${key} for ${name}: it is the key of somebody else; each person has their own`);
  const made = newKey === null ? "" : `; the private key is in ${newKey}, for ${name} alone`;
  return { code: 0, out: `${name} signs with key ${key}${made}\n`, err: "" };
}

async function removeSigner(ports: SignPorts, { name, who }: Extract<SignoffRequest, { readonly do: "remove_signer" }>): Promise<Told> {
  const isThere = (await ports.book.signers()).some((one) => one.name === name);
  if (!isThere) return refuse(`Cannot remove ${name}: nobody of that name is registered; truebound report signer list shows who is`);
  await ports.book.setSigner(name, null, who);
  return { code: 0, out: `${name} signs no more; what was signed stays signed\n`, err: "" };
}

function listSigners(signers: readonly Signer[], json: boolean): Told {
  const items = signers.map(({ name, publicKey, since, who }) => ({
    name,
    public_key: publicKey,
    since: formatUtc(since),
    vouched_by: who,
  }));
  if (json) return { code: 0, out: `${JSON.stringify({ items }, null, 2)}\n`, err: "" };
  if (items.length === 0) return { code: 0, out: "", err: "Nobody is registered: truebound report signer add\n" };
  return { code: 0, out: items.map((one) => `${one.name}  ${one.public_key}  ${one.since}  by ${one.vouched_by}\n`).join(""), err: "" };
}
