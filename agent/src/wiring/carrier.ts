import { randomBytes } from "node:crypto";
import { closeSync, constants, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import {
  AnswersHead,
  CARRIER_ORIGIN,
  CarriedAnswer,
  CarriedDelivery,
  CarriedEnd,
  CarriedHead,
  chainText,
  decodeDelivery,
  EnrolReply,
  enrolText,
  JoinAnswer,
  validator,
  Wholeness,
} from "@truebound/wire";
import { CarrierFileError, CarrierFiles, linesOf, ReadOnlySegments } from "../adapters/carrier-files.ts";
import { IdentityFiles, sha256 } from "../adapters/identity-file.ts";
import { toStderr } from "../adapters/log-stream.ts";
import { readMachine } from "../adapters/machine-files.ts";
import { followedKey, isSignedReply, keyIdOf, type RawReply } from "../adapters/reply-check.ts";
import { SegmentFiles } from "../adapters/segment-files.ts";
import { wantedNext, whyNotHeard } from "../carrier/carried-state.ts";
import { type Exported, exportLines } from "../carrier/export-spool.ts";
import { AnswerReader } from "../carrier/read-answers.ts";
import { ConfigError, type Environment, readConfig } from "../config.ts";
import { hintOf, optionsOf } from "../help/help.ts";
import type { Wanted } from "../report/course.ts";
import type { Identity } from "../report/ports.ts";
import type { Place } from "../spool/place.ts";
import { type Reseal, resealing } from "../spool/sealed-batch.ts";
import { Spool } from "../spool/spool.ts";
import { VERSION } from "../version.ts";
import { readBootId } from "./boot-id.ts";

/** What was done; never on standard output, which may be the file. */
const say = (text: string): number => {
  toStderr("info", text);
  return 0;
};
const warn = (text: string): void => toStderr("warn", text);
const complain = (text: string): number => {
  toStderr("error", text);
  return 1;
};
const misused = (problem: string): number => {
  process.stderr.write(`${problem}\n${hintOf("spool")}\n`);
  return 2;
};

/** `truebound-agent spool export|show|acknowledge FILE|-`. Resolves to the exit code. */
export async function runSpool([what, ...args]: readonly string[], env: Environment): Promise<number> {
  if (what !== "export" && what !== "show" && what !== "acknowledge")
    return misused(
      what === undefined
        ? "Cannot guess what to do with the spool: say export, show or acknowledge"
        : `Cannot ${JSON.stringify(what)} the spool: say export, show or acknowledge`,
    );
  const [file, rest] = args[0] === "-" || args[0]?.startsWith("-") === false ? [args[0], args.slice(1)] : [undefined, args];
  const options = optionsOf("spool", rest, { all: "flag" });
  if (typeof options === "string") return misused(options);
  if (file === undefined) return misused(`Cannot ${what} without a FILE, or - for the standard stream`);
  if (options.values.all === true && what !== "export") return misused("Cannot take --all: it is export's alone");
  if (what === "export") return exportSpool(file, options.values.all === true, env);
  return what === "show" ? showFile(file) : acknowledge(file, env);
}

interface Enrolled {
  readonly files: IdentityFiles;
  readonly identity: Identity;
  readonly carrier: CarrierFiles;
  readonly dataDir: string;
}

function enrolled(env: Environment): Enrolled {
  const { dataDir } = readConfig(env);
  const files = new IdentityFiles(dataDir);
  const identity = files.identity();
  if (identity === null || identity.retired === true)
    throw new ConfigError("Cannot carry anything: this host is not let in yet; truebound-agent enroll --request FILE asks for it");
  return { files, identity, carrier: new CarrierFiles(dataDir), dataDir };
}

/** The number is kept before the file is written: none is used twice, whatever becomes of the file. */
function exportSpool(path: string, all: boolean, env: Environment): number {
  const { files, identity, carrier, dataDir } = enrolled(env);
  const state = carrier.state();
  const spool = new Spool(new ReadOnlySegments(new SegmentFiles(join(dataDir, "spool"))));
  const from = startOf(all ? null : wantedNext(state), spool, resealing(identity.agent, sha256));
  const count = state.exported + 1;
  carrier.keep({ ...state, exported: count });
  const told: Exported = { deliveries: 0, batches: 0, last: null };
  const parts = { identity, signer: files.signer(), sha256, serverKeyId: keyIdOf(identity.receiptKey), count };
  writeLines(path, exportLines(spool, from, parts, told));
  const upTo = told.last === null ? "" : `, up to ${told.last.seq} of epoch ${told.last.epoch}`;
  return say(
    `Export ${count} of ${identity.agent}: ${told.batches} reports in ${told.deliveries} deliveries${upTo}; truebound import takes it`,
  );
}

/** What the server has under a former number is passed over. */
function startOf(wanted: Wanted | null, spool: Spool, reseal: Reseal): Place {
  if (wanted === null) return { epoch: 0, seq: 0 };
  const counted = wanted.head === null ? null : spool.wentOnAt(wanted.head, reseal);
  return counted === null ? wanted : { epoch: counted.epoch, seq: counted.seq + 1 };
}

/** Whoever brings a medium may have put a link there, to a file of this host: none is followed. */
const OVERWRITE = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;

function writeLines(path: string, lines: Iterable<string>): void {
  try {
    writeAll(path, lines);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new CarrierFileError(`Cannot write ${path}: ${code === "ELOOP" ? "it is a symbolic link; delete it" : message}`);
  }
}

/** On the carrier before it is said to be: whoever pulls the stick then has all of it. */
function writeAll(path: string, lines: Iterable<string>): void {
  const fd = path === "-" ? 1 : openSync(path, OVERWRITE, 0o600);
  try {
    for (const line of lines) for (let bytes = Buffer.from(line); bytes.length > 0; ) bytes = bytes.subarray(writeSync(fd, bytes));
    if (path !== "-") fsyncSync(fd);
  } finally {
    if (path !== "-") closeSync(fd);
  }
}

async function acknowledge(path: string, env: Environment): Promise<number> {
  const { files, identity, carrier } = enrolled(env);
  const reader = new AnswerReader({
    agent: identity.agent,
    signers: [files.signer(), ...files.formerKeys()],
    isGenuine: (answer, requestSignature) => isGenuine(answer, identity.receiptKey, requestSignature),
  });
  for await (const line of linesOf(path)) reader.take(line);
  const { answers, others, isWhole, troubles } = reader.result;
  for (const { number, why } of troubles) warn(`Line ${number} ${why}`);
  if (!isWhole) warn("The file was cut short: what came is used");
  if (answers === null)
    return complain(`Nothing in it is for this host, ${identity.agent}${others === 0 ? "" : `; ${others} lines are for other hosts`}`);
  const state = carrier.state();
  const old = whyNotHeard(state, answers.count);
  if (old !== null) return complain(`Cannot take these answers: ${old}`);
  carrier.keep({ ...state, exported: Math.max(state.exported, answers.count), answered: answers.count, heard: answers.heard });
  const next = wantedNext({ heard: answers.heard });
  const wants = next === null ? "" : `; the server wants ${next.seq} of epoch ${next.epoch} next`;
  say(`Export ${answers.count} was answered${wants}; what is there for good, the agent deletes with its next report`);
  return troubles.length === 0 && isWhole ? 0 : 1;
}

/** The answer's own words for a key that follows the one known here count too, as on a road. */
function isGenuine({ status, headers, text }: CarriedAnswer, receiptKey: string, requestSignature: string): boolean {
  const reply: RawReply = { status, header: (name) => headers[name.toLowerCase()], body: Buffer.from(text) };
  return isSignedReply(reply, receiptKey, requestSignature) || followedKey(reply, receiptKey, requestSignature) !== null;
}

const isDelivery = validator(CarriedDelivery);
const isDeliveriesHead = validator(CarriedHead);
const isAnswersHead = validator(AnswersHead);
const isAnswer = validator(CarriedAnswer);
const isEnd = validator(CarriedEnd);

/** A list of what a file holds, by its own account; signatures are for the two that know the keys. */
async function showFile(path: string): Promise<number> {
  let sound = true;
  const wholeness = new Wholeness();
  for await (const { number, text } of linesOf(path)) {
    const value = text === null ? undefined : parsed(text);
    count(value, wholeness);
    const said = lineInWords(value, wholeness);
    sound &&= said !== null && !said.startsWith("DAMAGED");
    process.stdout.write(`${number}: ${said ?? "DAMAGED: no line of such a file"}\n`);
  }
  const { isWhole } = wholeness;
  if (!isWhole) process.stdout.write("The file was cut short\n");
  return sound && isWhole ? 0 : 1;
}

function count(value: unknown, wholeness: Wholeness): void {
  if (isDeliveriesHead.accepts(value) || isAnswersHead.accepts(value)) wholeness.begins();
  else if (isEnd.accepts(value)) wholeness.ends(value.end);
  else wholeness.holds();
}

function lineInWords(value: unknown, { isWhole }: Wholeness): string | null {
  if (isDeliveriesHead.accepts(value)) return `export ${value.export} of ${value.agent}, for the server whose key is ${value.server_key}`;
  if (isAnswersHead.accepts(value)) return `answers of the server whose key is ${value.server_key}`;
  if (isEnd.accepts(value)) return isWhole ? "end: nothing is missing up to here" : "end: something is missing before this";
  if (isAnswer.accepts(value))
    return `to ${value.answer.agent}, ${value.answer.sent}, from ${value.answer.seq} of epoch ${value.answer.epoch}: ${value.status}`;
  return isDelivery.accepts(value) ? deliveryInWords(value) : null;
}

function deliveryInWords({ delivery: { agent, epoch, seq, prev, head, content_digest }, body }: CarriedDelivery): string {
  const bytes = Buffer.from(body, "base64");
  const parts = decodeDelivery(bytes);
  const digest = (part: Uint8Array) => `sha-256=:${sha256.base64(part)}:`;
  if (typeof parts === "string" || digest(bytes) !== content_digest) return `DAMAGED: delivery of ${agent} from ${seq} of epoch ${epoch}`;
  const end = parts.batches.reduce(
    (hash, part, index) => sha256.hex(chainText({ agent, epoch, seq: seq + index, prev: hash, contentDigest: digest(part) })),
    prev,
  );
  const to = seq + parts.batches.length - 1;
  return `${end === head ? "" : "DAMAGED: "}delivery of ${agent}, ${seq} to ${to} of epoch ${epoch}, ${bytes.length} bytes`;
}

/** `truebound-agent enroll --request FILE`: what a person takes to the server. */
export function writeJoinRequest(path: string, env: Environment): number {
  const config = readConfig(env);
  const files = new IdentityFiles(config.dataDir);
  const known = files.identity();
  if (known !== null && known.retired !== true)
    return complain(`Cannot ask to be let in: this host is ${known.agent} at ${known.server} already`);
  const signer = files.signer();
  const claim = { challenge: randomBytes(32).toString("base64url"), public_key: signer.publicKey, name: config.name };
  const signature = Buffer.from(signer.sign(enrolText(claim))).toString("base64url");
  const request = { version: 1, ...claim, signature, labels: config.labels, boot_id: readBootId(), software: `truebound-agent/${VERSION}` };
  new CarrierFiles(config.dataDir).keepJoinRequest(signature);
  writeLines(path, [`${JSON.stringify({ truebound: "join/1", request })}\n`]);
  return say(`${config.name} asks to be let in by the key ${signer.publicKey}; on the server: truebound host admit FILE --answer FILE`);
}

const isJoinAnswer = validator(JoinAnswer);
const isEnrolReply = validator(EnrolReply);

/** `truebound-agent enroll --answer FILE`: what a person brings back. Whose answer it is that person sees by the key that is printed. */
export function takeJoinAnswer(path: string, env: Environment): number {
  const { dataDir } = readConfig(env);
  const files = new IdentityFiles(dataDir);
  const known = files.identity();
  if (known !== null && known.retired !== true)
    return complain(`Cannot take this answer: this host is ${known.agent} at ${known.server} already`);
  const answer = parsed(readText(path));
  const reply = isJoinAnswer.accepts(answer) ? parsed(answer.text) : undefined;
  if (!isJoinAnswer.accepts(answer) || !isEnrolReply.accepts(reply))
    return complain("Cannot take this answer: it is none of truebound host admit");
  if (answer.to !== new CarrierFiles(dataDir).joinRequest())
    return complain("Cannot take this answer: it is not to what this host asked last");
  const raw: RawReply = { status: 200, header: (name) => answer.headers[name.toLowerCase()], body: Buffer.from(answer.text) };
  if (!isSignedReply(raw, reply.receipt_key, answer.to))
    return complain("Cannot take this answer: it is not signed by the key that it names");
  const { agent, epoch, receipt_key: receiptKey, policy } = reply;
  const publicKey = files.signer().publicKey;
  const place = { agent, server: CARRIER_ORIGIN, epoch, receiptKey, pins: [], publicKey, name: answer.name };
  files.keep({ version: 1, ...place, fresh: true, machine: readMachine() });
  keepPolicy(files, policy);
  return say(
    `Let in as ${agent}, called ${answer.name}, by the server whose key is ${keyIdOf(receiptKey)}: truebound host admit printed the same there`,
  );
}

function readText(path: string): string {
  try {
    return readFileSync(path === "-" ? 0 : path, "utf8");
  } catch (error) {
    throw new CarrierFileError(`Cannot read ${path}: ${(error as Error).message}`);
  }
}

/** It comes again with each answer. */
function keepPolicy(files: IdentityFiles, policy: EnrolReply["policy"]): void {
  try {
    files.keepPolicy(policy);
  } catch (error) {
    toStderr("warn", `cannot keep the policy on disk: ${(error as Error).message}`);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
