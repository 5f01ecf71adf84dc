import { Flight, readOptions, validator } from "@truebound/wire";
import type { Told } from "../admin/admin.ts";
import { flightCase } from "./flight-case.ts";
import { isIncident } from "./incident-number.ts";
import { type KeptRecord, type RecordPorts, signerOf } from "./kept-record.ts";

/** What `truebound incident record` asks for. */
export interface RecordRequest {
  readonly incident: string;
  readonly out: string;
}

/** The words after `truebound incident record`. */
export function parseRecord(args: readonly string[]): RecordRequest | string {
  const read = readOptions(args, { out: "text" });
  if (typeof read === "string") return read;
  const [incident, odd] = read.words;
  if (incident === undefined || odd !== undefined) return "Cannot write the records of anything but exactly one incident, by its number";
  if (!isIncident(incident)) return `Cannot write the records of ${JSON.stringify(incident)}: an incident has a number`;
  return read.values.out === undefined ? "Cannot write records without --out DIR" : { incident, out: read.values.out };
}

export interface WritePorts extends RecordPorts {
  readonly inflate: (body: Uint8Array) => Promise<string | null>;
  readonly sha256: (data: Uint8Array) => Uint8Array;
  /** The PEM of a raw key. */
  readonly pem: (publicKey: Uint8Array) => string;
  /** Into a directory of its own below `out`; refuses to write over anything. What is in the way, or null. */
  readonly write: (out: string, folder: string, files: Readonly<Record<string, string | Uint8Array>>) => string | null;
}

const isFlight = validator(Flight);

export async function writeRecords(ports: WritePorts, { incident, out }: RecordRequest): Promise<Told> {
  const records = await ports.records.records({ incident, host: null });
  if (records.length === 0)
    return failed(`Cannot write the records of incident ${incident}: there are none; hosts send theirs five minutes after it began`);
  const said: string[] = [];
  let isWhole = true;
  for (const record of records) {
    const written = await writeOne(ports, out, record);
    if (typeof written === "string")
      return failed(`Cannot write the record of ${record.name}: ${written}; name another directory, or an empty one`, linesOf(said));
    said.push(`${record.name}: ${written.words}`);
    isWhole &&= written.isGood;
  }
  return { code: isWhole ? 0 : 1, out: linesOf(said), err: "" };
}

const failed = (why: string, out = ""): Told => ({ code: 1, out, err: `${why}\n` });
const linesOf = (said: readonly string[]): string => said.map((line) => `${line}\n`).join("");

async function writeOne(ports: WritePorts, out: string, record: KeptRecord): Promise<{ words: string; isGood: boolean } | string> {
  const text = (await ports.inflate(record.body)) ?? "";
  const key = signerOf(record, ports.crypto);
  const digest = `sha-256=:${Buffer.from(ports.sha256(record.body)).toString("base64")}:`;
  const isGood = key !== null && record.signatureBase.split("\n").includes(`"content-digest": ${digest}`);
  const flight: unknown = text === "" ? null : JSON.parse(text);
  const found = isFlight.accepts(flight) ? flightCase(flight) : null;
  const obstacle = ports.write(out, folderOf(record), {
    "flight.deflated": record.body,
    "flight.json": `${text}\n`,
    "signature-base.txt": record.signatureBase,
    "signature.bin": record.signature,
    ...(key === null ? {} : { "key.pem": ports.pem(key) }),
    ...(found === null ? {} : { "case.json": `${JSON.stringify(found, null, 2)}\n` }),
  });
  if (obstacle !== null) return obstacle;
  const words = isGood ? "as its host signed it" : "NOT as a key of its host signed it";
  return { words: found === null ? `${words}; there was no bound, so there is no case` : words, isGood };
}

/** A name that is no path. */
const folderOf = ({ name, host }: KeptRecord): string => (/^[A-Za-z0-9][A-Za-z0-9._-]{0,200}$/.test(name) ? name : host);
