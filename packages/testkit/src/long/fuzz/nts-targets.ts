import { loadAesSiv } from "@truebound/agent";
import {
  ANSWER_REFUSALS,
  authenticator,
  encodeField,
  encodeRecords,
  FIELD,
  isUsable,
  type KeRecord,
  NTS_REFUSALS,
  ofNumbers,
  openReply,
  POOL,
  RECORD,
  readAnswer,
  sealedFields,
} from "@truebound/ntp";
import * as right from "./examples.ts";
import { bytes, type FuzzTarget, unless } from "./target.ts";

const record = (type: number, body: Uint8Array, critical = true): KeRecord => ({ critical, type, body });
const ascii = (text: string) => new TextEncoder().encode(text);
const COOKIE = new Uint8Array(100).fill(7);
const END = record(RECORD.endOfMessage, new Uint8Array());
const AGREED = [record(RECORD.nextProtocol, ofNumbers(0)), record(RECORD.aead, ofNumbers(15), false)];
const COOKIES = Array.from({ length: 8 }, () => record(RECORD.newCookie, COOKIE, false));

/** As chronyd 4.3 orders them; with a place; and refusals. */
const ANSWERS: readonly Uint8Array[] = [
  encodeRecords([...AGREED, ...COOKIES, END]),
  encodeRecords([
    ...AGREED,
    record(RECORD.server, ascii("ntp.example.net")),
    record(RECORD.port, ofNumbers(1123)),
    ...COOKIES.slice(5),
    END,
  ]),
  encodeRecords([record(RECORD.error, ofNumbers(1)), END]),
  encodeRecords([...AGREED, record(RECORD.warning, ofNumbers(1)), record(0x4000, ascii("new"), false), END]),
];

const aesSiv = await loadAesSiv();
const IDENTIFIER = new Uint8Array(32).fill(0xab);
const KEY = new Uint8Array(32).fill(0x22);
const NONCE = new Uint8Array(16).fill(0xcd);

function sealed(packet: Uint8Array, cookies: number): Uint8Array {
  const before = Buffer.concat([packet, encodeField(FIELD.identifier, IDENTIFIER)]);
  const inner = Buffer.concat(Array.from({ length: cookies }, () => encodeField(FIELD.cookie, COOKIE)));
  return Buffer.concat([before, authenticator(NONCE, aesSiv.seal(KEY, [before, NONCE], inner))]);
}

const PLAIN = right.PACKETS.filter(({ length }) => length === 48);
const REPLIES: readonly Uint8Array[] = [
  ...PLAIN.map((packet, index) => sealed(packet, index % 4)),
  ...PLAIN.map((packet) => Buffer.concat([packet, encodeField(FIELD.identifier, IDENTIFIER)])),
];
/** Header and identifier: what the seal covers. */
const COVERED = 84;
const GENUINE: ReadonlySet<string> = new Set(REPLIES.map((reply) => Buffer.from(reply.subarray(0, COVERED)).toString("hex")));

/** What servers of NTS send. */
export const ntsTargets: readonly FuzzTarget[] = [
  bytes("NTS-KE answer", ANSWERS, readAnswer, (answer) =>
    answer.kind === "refused"
      ? unless(ANSWER_REFUSALS.includes(answer.reason), `the refusal ${answer.reason}`)
      : unless(
          answer.cookies.length > 0 && answer.cookies.length <= POOL && answer.cookies.every(isUsable),
          "cookies that no request carries",
        ),
  ),
  bytes(
    "NTS reply",
    REPLIES,
    (input) => openReply(input, IDENTIFIER, KEY, aesSiv),
    (opened, input) =>
      opened.kind === "refused"
        ? unless(NTS_REFUSALS.includes(opened.reason), `the refusal ${opened.reason}`)
        : unless(GENUINE.has(Buffer.from(input.subarray(0, COVERED)).toString("hex")), "a reply that nobody sealed"),
  ),
  bytes(
    "NTS sealed fields",
    [Buffer.concat([encodeField(FIELD.cookie, COOKIE), encodeField(FIELD.cookie, COOKIE)]), encodeField(0x7777, new Uint8Array())],
    sealedFields,
    (fields, input) =>
      unless(fields === null || fields.reduce((sum, { body }) => sum + 4 + body.length, 0) === input.length, "fields of another length"),
  ),
];
