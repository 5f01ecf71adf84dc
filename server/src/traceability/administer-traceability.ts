import { BILLION, formatUtc, type UtcInstant, utc } from "@truebound/time";
import { SignedStampStatement, stampStatementText, validator } from "@truebound/wire";
import type { Told } from "../admin/admin.ts";
import { sayLabels } from "../admin/labels.ts";
import type { LabelSet } from "../policy/choose-policy.ts";
import { parseTime } from "../query/time-range.ts";
import { buildChain, latestReview, MOST_HOSTS } from "./build-chain.ts";
import { chainDifference } from "./difference.ts";
import type { ChainHost, TraceabilityPorts } from "./ports.ts";
import { chainText, documentLine, templateLine, traceabilityText } from "./present.ts";
import type { DocumentTerms, Subject, TraceabilityRequest } from "./requests.ts";
import { CHAIN_TEMPLATES } from "./templates.ts";
import { traceabilityOf } from "./traceability-of.ts";

export const MOST_DOCUMENT_BYTES = 8 * 1024 * 1024;
/** Of a file of which only the hash is kept. */
const MOST_HASHED_BYTES = 512 * 1024 * 1024;
const DAY = 86_400n * BILLION;
const LOOKED_BACK = 30n * DAY;
const YEAR = 365n * DAY;

type Of<K extends TraceabilityRequest["do"]> = Extract<TraceabilityRequest, { readonly do: K }>;

/** Does what `truebound traceability …` asks for. */
export async function administerTraceability(ports: TraceabilityPorts, request: TraceabilityRequest): Promise<Told> {
  switch (request.do) {
    case "show_chain":
      return show(ports, request);
    case "add_document":
      return addDocument(ports, request);
    case "add_stamp_test":
      return addStampTest(ports, request);
    case "get_document":
      return getDocument(ports, request);
    case "list_documents": {
      const items = await ports.store.documents();
      return request.json
        ? json({ items, next: null })
        : items.length === 0
          ? say("No document is kept yet")
          : out(items.map(documentLine).join(""));
    }
    case "list_templates":
      return request.json ? json({ items: CHAIN_TEMPLATES, next: null }) : out(CHAIN_TEMPLATES.map(templateLine).join(""));
    case "review_chain":
      return review(ports, request);
    default:
      return request satisfies never;
  }
}

const say = (err: string): Told => ({ code: 0, out: "", err: `${err}\n` });
const out = (text: string): Told => ({ code: 0, out: text, err: "" });
const json = (value: object): Told => out(`${JSON.stringify(value, null, 2)}\n`);
const refuse = (err: string): Told => ({ code: 1, out: "", err: `${err}\n` });

async function show({ store }: TraceabilityPorts, { on, from, to, required, json: asJson }: Of<"show_chain">): Promise<Told> {
  const period = periodOf(from, to, await store.now());
  if (typeof period === "string") return refuse(period);
  const found = await hostsOf(store, on);
  if (typeof found === "string") return refuse(found);
  const chain = await buildChain(store, found.hosts, found.labels, period);
  const traceability = traceabilityOf(chain, { requires_traceability: required }, period.to);
  return asJson ? json({ chain, traceability }) : out(`${chainText(chain)}\n${traceabilityText(traceability)}`);
}

function periodOf(from: string | null, to: string | null, now: UtcInstant): { from: UtcInstant; to: UtcInstant } | string {
  const end = to === null ? now : parseTime(to, now);
  if (end === null) return `Cannot look until ${to}: write RFC 3339, now, or now-30d`;
  const start = from === null ? utc(end - LOOKED_BACK) : parseTime(from, now);
  if (start === null) return `Cannot look from ${from}: write RFC 3339, now, or now-30d`;
  return start < end ? { from: start, to: end } : "Cannot look at a period that ends before it begins";
}

async function hostsOf(
  store: TraceabilityPorts["store"],
  on: Subject,
): Promise<{ readonly hosts: readonly ChainHost[]; readonly labels: LabelSet } | string> {
  const hosts = await store.hosts(on, MOST_HOSTS);
  if (hosts.length > MOST_HOSTS) return `Cannot look at more than ${MOST_HOSTS} hosts at once: name labels that fewer carry`;
  if ("selector" in on)
    return hosts.length === 0 ? `No active host carries${sayLabels(on.selector) || " any labels"}` : { hosts, labels: on.selector };
  const [host] = hosts;
  return host === undefined ? `No host has the id or name ${JSON.stringify(on.host)}` : { hosts, labels: host.labels };
}

async function addDocument({ store, sha256, files }: TraceabilityPorts, { file, keep, terms }: Of<"add_document">): Promise<Told> {
  const bytes = await readFile(files, file, keep ? MOST_DOCUMENT_BYTES : MOST_HASHED_BYTES);
  if (typeof bytes === "string") return refuse(bytes);
  const id = await store.addDocument({ ...terms, sha256: sha256(bytes), fileName: files.nameOf(file), content: keep ? bytes : null });
  const told = [`${terms.kind} "${terms.title}"`, ...(keep ? [] : ["only its hash is kept, keep the file"]), ...whatItLacks(terms)];
  return added(id, terms.replaces, told.join("; "));
}

/** It is kept for good, so whoever forgot what makes it count has to be told at once. */
function whatItLacks({ kind, source, stampPoint }: DocumentTerms): string[] {
  if (kind === "source_statement" && source === null)
    return ["it is no link of a chain without --source and --reference: add it again with them, and --replaces this one"];
  if (kind === "stamp_point" && stampPoint === null)
    return ["it says no stamp point without --stamp-point: add it again with that, and --replaces this one"];
  return [];
}

async function readFile(files: TraceabilityPorts["files"], path: string, most: number): Promise<Uint8Array | string> {
  try {
    return await files.read(path, most);
  } catch (error) {
    return `Cannot read ${path}: ${(error as Error).message}`;
  }
}

function added(id: string | null, replaces: string | null, what: string): Told {
  if (id === null) return refuse(`Cannot put this in the place of ${replaces}: no document has this id`);
  return { code: 0, out: `${id}\n`, err: `Document ${id} is kept for good: ${what}\n` };
}

const statements = validator(SignedStampStatement);

/** Counts only by a key that a host has or had. */
async function addStampTest(ports: TraceabilityPorts, { file, hosts, validTo, replaces, who }: Of<"add_stamp_test">): Promise<Told> {
  const bytes = await readFile(ports.files, file, MOST_DOCUMENT_BYTES);
  if (typeof bytes === "string") return refuse(bytes);
  const signed = parsed(bytes);
  if (!statements.accepts(signed)) return refuse(`Cannot take ${file}: it is no statement of truebound-agent stamp-test`);
  const { statement, public_key, signature } = signed;
  const key = Buffer.from(public_key, "base64url");
  if (!ports.verify(key, stampStatementText(statement), Buffer.from(signature, "base64url")))
    return refuse(`Cannot take ${file}: its signature does not fit; it was changed after the test`);
  const host = await ports.store.hostOfKey(key);
  if (host === null)
    return refuse(`Cannot take ${file}: no host of this server has or had its key; run the test on a host that is enrolled here`);
  if (statement.app_error_ns === null)
    return refuse(`Cannot take ${file}: arrivals alone bound no application error; run the test without --arrivals`);
  if (validTo !== null && validTo < formatUtc(await ports.store.now()).slice(0, 10))
    return refuse(`Cannot take --to ${validTo}: a test counts from today on, by the clock of the database, and that day is over`);
  const id = await ports.store.addDocument({
    kind: "stamp_test",
    title: `Stamp test on ${host.name}`,
    hosts,
    source: null,
    reference: null,
    uncertaintyNs: null,
    stampPoint: statement.stamp_point ?? statement.command.join(" ").slice(0, 500),
    appErrorNs: BigInt(statement.app_error_ns),
    validFrom: null,
    validTo,
    replaces,
    who,
    sha256: ports.sha256(bytes),
    fileName: ports.files.nameOf(file),
    content: bytes,
  });
  return added(id, replaces, `stamp test of ${host.name}, application error ${statement.app_error_ns} ns`);
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null; // no JSON: no statement either
  }
}

async function getDocument({ store, sha256, files }: TraceabilityPorts, { id, out: path }: Of<"get_document">): Promise<Told> {
  const found = await store.content(id);
  if (found === null) return refuse(`Cannot get ${id}: no document has this id`);
  if (found.content === null) return refuse(`Cannot get ${id}: only its hash is kept here, ${found.sha256}`);
  if (Buffer.from(sha256(found.content)).toString("hex") !== found.sha256)
    return refuse(`Cannot get ${id}: what is stored no longer has its hash ${found.sha256}; restore it from a backup`);
  try {
    await files.write(path, found.content);
  } catch (error) {
    return refuse(`Cannot write ${path}: ${(error as Error).message}`);
  }
  return say(`Wrote ${path}, SHA-256 ${found.sha256}`);
}

/** From the last review on, or over a year. */
async function review({ store }: TraceabilityPorts, { on, who, statement, dryRun }: Of<"review_chain">): Promise<Told> {
  const now = await store.now();
  const found = await hostsOf(store, on);
  if (typeof found === "string") return refuse(found);
  const last = latestReview(await store.reviews(), found.labels);
  const chain = await buildChain(store, found.hosts, found.labels, { from: utc(now - YEAR), to: now });
  const { observed, documents } = chain;
  if (!dryRun) await store.addReview({ selector: on.selector, who, statement, chain: { observed, documents } });
  const changed = last === null ? ["Nothing to compare with: this is the first review"] : chainDifference(last.chain, chain);
  const since = last === null ? "" : ` since ${last.at.slice(0, 10)} (${last.who})`;
  const difference =
    changed.length === 0 ? `Nothing changed${since}\n` : `Changed${since}:\n${changed.map((line) => `  ${line}\n`).join("")}`;
  const then = dryRun ? chain : { ...chain, review: { at: formatUtc(now), who, statement } };
  const told = `${chainText(then)}\n${difference}\n${traceabilityText(traceabilityOf(then, { requires_traceability: false }, now))}`;
  return {
    code: 0,
    out: told,
    err: dryRun ? "Nothing was signed: leave out --dry-run\n" : `Reviewed by ${who}; the next review is due within a year\n`,
  };
}
