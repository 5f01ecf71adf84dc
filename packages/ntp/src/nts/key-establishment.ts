import { AEAD_AES_SIV_CMAC_256 } from "./aead.ts";
import { encodeRecords, type KeRecord, numbersOf, ofNumbers, RECORD, readMessage } from "./ke-records.ts";

/** Key establishment (RFC 8915, section 4): what a client asks, and what it makes of the answer. The TLS around it is the caller's. */

/** Why an answer gives no keys. */
export const ANSWER_REFUSALS = [
  "nts_ke_cut_short",
  "nts_ke_malformed",
  "nts_ke_unknown_critical",
  "nts_ke_error_unrecognised",
  "nts_ke_error_bad_request",
  "nts_ke_error_internal",
  "nts_ke_error_other",
  "nts_ke_warning",
  "nts_ke_no_protocol",
  "nts_ke_no_aead",
  "nts_ke_no_cookies",
] as const;
export type AnswerRefusal = (typeof ANSWER_REFUSALS)[number];

/** What both ends agreed on. */
export interface Agreement {
  /** Each good for one request. */
  readonly cookies: readonly Uint8Array[];
  /** Where NTP is served: a name or an address; null = where keys are. */
  readonly server: string | null;
  /** UDP; null = the port of NTP. */
  readonly port: number | null;
}

export type Answer = ({ readonly kind: "agreed" } & Agreement) | { readonly kind: "refused"; readonly reason: AnswerRefusal };

/** Nobody's answer is longer: eight cookies of a packet's size each, and names. */
export const LONGEST_ANSWER = 16_384;
/** So many cookies are kept (RFC 8915, section 5.7). */
export const POOL = 8;
/** What fits into one request beside the header, the identifier and the authenticator; an extension field of less than 16 bytes is none. */
const COOKIE = { least: 12, most: 1024 } as const;
const NTPV4 = 0;
const HOST = /^[!-~]{1,240}$/;

/** NTPv4 under AES-SIV-CMAC-256, and nothing else. */
export function keRequest(): Uint8Array {
  return encodeRecords([
    { critical: true, type: RECORD.nextProtocol, body: ofNumbers(NTPV4) },
    { critical: true, type: RECORD.aead, body: ofNumbers(AEAD_AES_SIV_CMAC_256) },
    { critical: true, type: RECORD.endOfMessage, body: new Uint8Array() },
  ]);
}

/** True when the whole message has come, so that nothing more is waited for. */
export const isWholeAnswer = (bytes: Uint8Array): boolean => readMessage(bytes) !== null;

/** What the server's bytes say. Outside input: any bytes give an answer. */
export function readAnswer(bytes: Uint8Array): Answer {
  const records = readMessage(bytes);
  if (records === null) return refused("nts_ke_cut_short");
  const reason = complaint(records) ?? disagreement(records);
  if (reason !== null) return refused(reason);
  const cookies = records.filter(({ type, body }) => type === RECORD.newCookie && isUsable(body)).map(({ body }) => body);
  if (cookies.length === 0) return refused("nts_ke_no_cookies");
  const place = placeOf(records);
  return place === null ? refused("nts_ke_malformed") : { kind: "agreed", cookies: cookies.slice(0, POOL), ...place };
}

const refused = (reason: AnswerRefusal): Answer => ({ kind: "refused", reason });

/** A cookie that a request can carry unchanged. */
export const isUsable = ({ length }: Uint8Array): boolean => length >= COOKIE.least && length <= COOKIE.most && length % 4 === 0;

const ERRORS = ["nts_ke_error_unrecognised", "nts_ke_error_bad_request", "nts_ke_error_internal"] as const;
const KNOWN: ReadonlySet<number> = new Set(Object.values(RECORD));

/** What the server complains of, or what of its message must be known and is not. No warning is known, so each counts as an error. */
function complaint(records: readonly KeRecord[]): AnswerRefusal | null {
  for (const record of records) {
    if (record.type === RECORD.error) {
      const [code, ...more] = numbersOf(record) ?? [];
      return code === undefined || more.length > 0 ? "nts_ke_malformed" : (ERRORS[code] ?? "nts_ke_error_other");
    }
    if (record.type === RECORD.warning) return "nts_ke_warning";
    if (record.critical && !KNOWN.has(record.type)) return "nts_ke_unknown_critical";
  }
  return null;
}

/** Protocol and algorithm, each named once: by another pair the keys would be others. */
function disagreement(records: readonly KeRecord[]): AnswerRefusal | null {
  const protocols = soleList(records, RECORD.nextProtocol);
  const algorithms = soleList(records, RECORD.aead);
  if (protocols === "malformed" || algorithms === "malformed") return "nts_ke_malformed";
  if (protocols.length !== 1 || protocols[0] !== NTPV4) return "nts_ke_no_protocol";
  return algorithms.length === 1 && algorithms[0] === AEAD_AES_SIV_CMAC_256 ? null : "nts_ke_no_aead";
}

/** The numbers in the one record of a type; none where there is no such record. */
function soleList(records: readonly KeRecord[], type: number): readonly number[] | "malformed" {
  const [record, ...more] = records.filter((one) => one.type === type);
  if (record === undefined) return [];
  return more.length > 0 ? "malformed" : (numbersOf(record) ?? "malformed");
}

/** Where NTP is served; null = it is said twice, or by what is no name and no port. */
function placeOf(records: readonly KeRecord[]): Pick<Agreement, "server" | "port"> | null {
  const ports = soleList(records, RECORD.port);
  const [named, ...others] = records.filter(({ type }) => type === RECORD.server);
  const server = named === undefined ? null : String.fromCharCode(...named.body.subarray(0, 255));
  if (ports === "malformed" || ports.length > 1 || ports[0] === 0 || others.length > 0) return null;
  if (server !== null && (!HOST.test(server) || named?.body.length !== server.length)) return null;
  return { server, port: ports[0] ?? null };
}
