import { type CarriedAnswer, carriedLine, EnrolRequest, JoinRequest, LineCutter, type NumberedLine, validator } from "@truebound/wire";
import type { Told } from "../admin/admin.ts";
import { type EnrolPorts, enrol } from "../enrol/enrol.ts";
import type { LabelSet } from "../policy/choose-policy.ts";
import { isRefusal } from "../refusal.ts";
import type { CarrierRequest } from "./carrier-requests.ts";
import { CarriedImport, type Imported, type ImportPorts, type TakenOf } from "./import-carried.ts";

export interface CarrierPorts extends ImportPorts {
  /** The file piece by piece; for "-" standard input. */
  readonly open: (path: string) => AsyncIterable<Uint8Array>;
  readonly write: (path: string, text: string) => void;
  readonly enrol: Omit<EnrolPorts, "hostListing">;
  /** No report of this host is awaited. */
  readonly markCarried: (host: string) => Promise<void>;
  readonly nameOf: (host: string) => Promise<string | null>;
}

export const tellCarried = (ports: CarrierPorts, request: CarrierRequest): Promise<Told> =>
  request.do === "import_carried" ? importFile(ports, request) : admit(ports, request);

async function importFile(ports: CarrierPorts, request: Extract<CarrierRequest, { do: "import_carried" }>): Promise<Told> {
  const work = new CarriedImport(ports);
  for await (const line of linesOf(ports.open(request.file))) await work.take(line);
  const { result } = work;
  if (request.answers !== null) ports.write(request.answers, answersText(ports.keyId, result.answers));
  const hosts = await Promise.all(result.hosts.map(async (host) => ({ ...host, name: (await ports.nameOf(host.agent)) ?? host.agent })));
  const code = result.troubleCount === 0 && result.isWhole ? 0 : 1;
  if (!request.json) return { code, out: hosts.map(hostLine).join(""), err: troubleLines(result) };
  const out = { hosts: hosts.map(hostItem), troubles: result.troubles, trouble_count: result.troubleCount, whole: result.isWhole };
  return { code, out: `${JSON.stringify(out, null, 2)}\n`, err: "" };
}

async function* linesOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<NumberedLine> {
  const cutter = new LineCutter();
  for await (const piece of pieces) yield* cutter.push(piece);
  const last = cutter.end();
  if (last !== null) yield last;
}

const answersText = (keyId: string, answers: readonly CarriedAnswer[]): string =>
  [{ truebound: "answers/1", server_key: keyId }, ...answers, { end: answers.length }].map(carriedLine).join("");

type Named = TakenOf & { readonly name: string };

function hostLine({ name, stored, repeated, refused, quarantined, upTo }: Named): string {
  const parts = [
    `${stored} reports stored`,
    ...(repeated > 0 ? [`${repeated} deliveries had come before`] : []),
    ...(refused > 0 ? [`${refused} deliveries refused`] : []),
    ...(quarantined > 0 ? [`${quarantined} cannot be read`] : []),
    ...(upTo === null ? [] : [`its chain ends with ${upTo.seq} of epoch ${upTo.epoch}`]),
  ];
  return `${name}: ${parts.join(", ")}\n`;
}

const hostItem = ({ agent, name, stored, repeated, refused, quarantined, upTo }: Named) => ({
  id: agent,
  name,
  reports_stored: stored,
  deliveries_repeated: repeated,
  deliveries_refused: refused,
  reports_quarantined: quarantined,
  evidence: upTo,
});

function troubleLines({ troubles, troubleCount, isWhole }: Imported): string {
  const more = troubleCount - troubles.length;
  return [
    ...troubles.map(({ number, why }) => `Cannot take line ${number}: ${why}\n`),
    ...(more > 0 ? [`And ${more} more\n`] : []),
    ...(isWhole ? [] : ["The file was cut short: an export in it lacks its end, or lines before that; what came is taken\n"]),
  ].join("");
}

const isJoin = validator(JoinRequest);
const isRequest = validator(EnrolRequest);
const CHALLENGE_SECONDS = 60;
const MOST_BYTES = 64 * 1024;

/** The person who runs this stands where a list of hosts would: for this key, under this name. */
async function admit(ports: CarrierPorts, { file, answer, labels }: Extract<CarrierRequest, { do: "admit_carried" }>): Promise<Told> {
  const asked = parsed(await readAll(ports.open(file)));
  const request: unknown = isJoin.accepts(asked) ? asked.request : undefined;
  if (!isRequest.accepts(request)) return refused("it is no request of truebound-agent enroll --request");
  const { store } = ports.enrol;
  if (!(await store.openChallenge(Buffer.from(request.challenge, "base64url"), CHALLENGE_SECONDS, "carried")))
    return refused("too many enrolments are under way; try again in a minute");
  const reply = await enrol({ ...ports.enrol, hostListing: listingOf(labels) }, request);
  if (isRefusal(reply)) return refused(`${reply.refused}: ${reply.detail}`);
  await ports.markCarried(reply.agent);
  const text = JSON.stringify(reply);
  const name = reply.name ?? request.name;
  const headers = ports.sign(200, text, { signature: request.signature, knownKey: null });
  ports.write(answer, `${JSON.stringify({ truebound: "joined/1", to: request.signature, headers, text, name })}\n`);
  const said = `Let in ${name} as ${reply.agent} by its key ${request.public_key}; this server's key is ${ports.keyId}: both are printed there too`;
  return { code: 0, out: "", err: `${said}\n` };
}

const listingOf = (labels: LabelSet) => () => ({ labels, isOfThisRequest: true as const });

const refused = (why: string): Told => ({ code: 1, out: "", err: `Cannot let in a host by this file: ${why}\n` });

async function readAll(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const piece of pieces) {
    length += piece.length;
    if (length > MOST_BYTES) return "";
    parts.push(piece);
  }
  return Buffer.concat(parts).toString("utf8");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
