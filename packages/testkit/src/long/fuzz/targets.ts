import {
  AuditTrail,
  ConfigError,
  canonicalAddress,
  chronySettings,
  directivesOf,
  distinct,
  encodeFrame,
  lineOf,
  makeSource,
  nextStep,
  parseAuditLine,
  parseCheck,
  parseClocksource,
  parseCpuTimes,
  parseSource,
  parseSources,
  parseTimex,
  parseTracking,
  readConfig as readAgentConfig,
  readMarker,
  refidOf,
  runningDaemon,
  type SealedBatch,
  type Source,
  SourceProbe,
  scanFrames,
  sockaddr,
  softwareStamp,
  sourcesOfCloud,
  sourcesOfNtpConf,
  sourcesOfTimesyncd,
} from "@truebound/agent";
import {
  acceptReply,
  DEFAULT_CLIENT,
  decode,
  encode,
  HEADER_BYTES,
  type Memory,
  makeReply,
  makeRequest,
  REFUSALS,
  readRequest,
  TransmitMemory,
} from "@truebound/ntp";
import {
  decodeCursor,
  derive,
  explainBoundCase,
  parseCommand,
  parseLossless,
  parsePasswd,
  parsePidFile,
  parseSent,
  parseStat,
  parseTime,
  readBatch,
  readClaim,
  readConfig as readServerConfig,
} from "@truebound/server";
import {
  formatUtc,
  leapListRefusalInWords,
  parseLeapList,
  parseUtc,
  ppb,
  raw,
  renderLeapList,
  type UtcInstant,
  uncalibrated,
  utc,
} from "@truebound/time";
import { BatchSource, Challenge, EnrolReply, EnrolRequest, HostText, Policy, validator } from "@truebound/wire";
import type { SeededRandom } from "../../sim/random.ts";
import * as right from "./examples.ts";
import { bentBytes, bentJson, bentText } from "./mutate.ts";
import { bytes, type FuzzTarget, json, text, unless } from "./target.ts";

/**
 * Every parser that takes something from outside, at its boundary. To add one is a line: a name, right examples, the
 * function, and what its output must be.
 */
export const fuzzTargets: readonly FuzzTarget[] = [
  bytes("NTP packet", right.PACKETS, decode, (packet, input) =>
    typeof packet === "string"
      ? unless(["too_short", "too_long", "malformed_extension"].includes(packet), `the refusal ${packet}`)
      : unless(Buffer.compare(encode(packet), input.subarray(0, HEADER_BYTES)) === 0, "a packet that encodes to other bytes"),
  ),
  bytes("NTP client", right.PACKETS, acceptAnything, (verdict) =>
    verdict.kind === "accepted"
      ? unless(verdict.packet.mode === 4 && verdict.packet.stratum > 0 && verdict.packet.stratum < 16, "an accepted reply that is no time")
      : unless(REFUSALS.includes(verdict.reason), `the refusal ${verdict.reason}`),
  ),
  bytes("NTP responder", right.PACKETS, respond, (reply, input) =>
    unless(reply === null || (reply.length === HEADER_BYTES && reply.length <= input.length), "a reply longer than its request"),
  ),
  bytes("source probe", right.PACKETS, measure, (wrong) => wrong),
  { name: "batch of evidence", kind: "bytes", draw: drawBatch, feed: takeBatch },
  json("policy", [right.POLICY], readPolicy, (wrong) => wrong),
  json("receipt and problem", [right.RECEIPT, right.PROBLEM], (body) => [200, 409, 500].map((status) => answer(status, body)), nonNegative),
  json("enrolment", [right.ENROL_REQUEST, right.ENROL_REPLY, right.CHALLENGE], checkEnrolment, (wrong) => wrong),
  text("RFC 9421 headers", right.SIGNED_HEADERS, claimOf, (claim) =>
    unless(!("signature" in claim) || (claim.signature.length === 64 && Number.isSafeInteger(claim.seq)), "a claim that no batch can make"),
  ),
  text("agent's environment", right.AGENT_ENVIRONMENT, (input) => orProblems(() => readAgentConfig(environment(input))), agentConfigured),
  text("server's environment", right.SERVER_ENVIRONMENT, serverConfig, (wrong) => wrong),
  text(
    "source",
    right.AGENT_ENVIRONMENT.join(",").split(/[,=\n]/),
    (input) => parseSource(input),
    (source) => (typeof source === "string" ? unless(source.startsWith("Cannot "), "a problem without words") : sourceProblem(source)),
  ),
  text("chrony.conf and ntp.conf", right.NTP_CONF, (input) => distinct(sourcesOfNtpConf(input)), sourcesProblem),
  text(
    "settings of chrony.conf",
    right.CHRONY_CONF,
    (input) => chronySettings(directivesOf(input)),
    ({ maxSlewPpm }) => unless(maxSlewPpm === null || maxSlewPpm >= 0, `a slew rate of ${maxSlewPpm}`),
  ),
  text("chronyc sources", right.CHRONYC_SOURCES, parseSources, ({ sources }) =>
    unless(
      sources.every(({ reach, stratum }) => reach >= 0 && reach <= 255 && stratum >= 0 && stratum <= 16),
      "a source that no daemon has",
    ),
  ),
  text("chronyc tracking", right.CHRONYC_TRACKING, parseTracking, (said) => unless(typeof said === "object", "nothing")),
  text("numeric address", ["2001:DB8:0::1", "192.0.2.1", "fe80::1%eth0"], canonicalAddress, (address) =>
    unless(address === null || canonicalAddress(address) === address, "a canonical address that is not"),
  ),
  text("daemons of the host", right.PROCESSES, daemonsOf, ({ kind }) => unless(typeof kind === "string", "no verdict")),
  text("timesyncd.conf", right.TIMESYNCD_CONF, (input) => distinct(sourcesOfTimesyncd(input)), sourcesProblem),
  text("DMI names", ["Amazon EC2", "Google", "Google Compute Engine"], (input) => sourcesOfCloud(input, input), sourcesProblem),
  text("RFC 3339", right.TIMES, parseUtc, instantProblem),
  text(
    "time in a question",
    right.TIMES,
    (input) => parseTime(input, utc(1_795_000_000_000_000_000n)),
    (at) => unless(at === null || (at >= -(2n ** 62n) && at <= 2n ** 62n), "a time that no column holds"),
  ),
  text(
    "cursor",
    ["WyJhIixudWxsXQ", "W251bGwsImIiXQ"],
    (input) => decodeCursor(input, 2),
    (parts) => unless(parts === null || parts.length === 2, "a cursor of another length"),
  ),
  text(
    "leap list",
    right.LEAP_LISTS,
    (input) => parseLeapList(input, () => right.LEAP_HASH),
    (list) =>
      "refused" in list
        ? unless(leapListRefusalInWords(list).length > 0, "a refusal without words")
        : unless(
            !(
              "refused" in
              parseLeapList(
                renderLeapList(list, () => right.LEAP_HASH),
                () => right.LEAP_HASH,
              )
            ),
            "a list that does not come back",
          ),
  ),
  text("case of explain", right.CASES, explainText, (wrong) => wrong),
  text("audit record", right.AUDIT_LINES, auditLines, (wrong) => wrong),
  bytes(
    "audit datagram",
    right.NETLINK,
    (datagram) => lineOf(datagram).map(parseAuditLine),
    (records) => unless(records.length <= 1, "more than one record of a datagram"),
  ),
  bytes(
    "vmclock page",
    right.VMCLOCK_PAGES,
    (page) => readMarker(() => page),
    ({ kind }) => unless(kind === "marker" || kind === "unreadable", `a marker that is ${kind}`),
  ),
  text("/proc/stat", right.PROC_STAT, parseCpuTimes, (times) =>
    unless(
      times === null || (Number.isSafeInteger(times.total) && times.steal >= 0 && times.steal <= times.total),
      "times that no CPU has",
    ),
  ),
  text("clocksource", ["tsc\n", "kvm-clock\n"], parseClocksource, (name) => unless(name === null || /^[!-~]{1,64}$/.test(name), "no name")),
  bytes("control message", right.CONTROL_BUFFERS, softwareStamp, (stamp) =>
    unless(stamp === null || typeof stamp === "bigint", "a stamp that is no number"),
  ),
  bytes(
    "timex",
    right.TIMEX,
    (buffer) => (buffer.length < 208 ? null : parseTimex(new DataView(buffer.buffer, buffer.byteOffset))),
    () => null,
  ),
  { name: "spool frames", kind: "bytes", draw: drawFrames, feed: takeFrames },
  text("sent header", [`${right.AGENT_ID} 5000000000`], parseSent, (sent) =>
    unless(sent === null || (sent.boottime >= 0n && sent.boottime < 10n ** 18n), "a BOOTTIME that no host has"),
  ),
  text("postmaster.pid", right.PID_FILES, parsePidFile, (file) => unless(file === undefined || file.pid > 0, "a process that is none")),
  text("/proc/PID/stat", right.PROCESS_STAT, parseStat, (process) =>
    unless(process === undefined || !Number.isNaN(process.pid), "no process"),
  ),
  text("passwd", right.PASSWD, parsePasswd, (users) =>
    unless(
      users.every(({ uid }) => uid >= 0),
      "a user without a number",
    ),
  ),
  text(
    "arguments of check",
    right.CHECK_ARGUMENTS,
    (input) => parseCheck(input.split(" ")),
    (options) => unless(typeof options === "string" || options.samples >= 1, "options that cannot be"),
  ),
  text(
    "arguments of truebound",
    right.COMMANDS,
    (input) => parseCommand(input.split(" ")),
    ({ name }) => unless(name !== undefined, "no command"),
  ),
];

/** Years that RFC 3339 can write. */
const [FIRST, LAST] = [parseUtc("0000-01-01T00:00:00Z") ?? utc(0n), parseUtc("9999-12-31T23:59:59.999999999Z") ?? utc(0n)];

function instantProblem(instant: UtcInstant | null, input: string): string | null {
  if (instant === null || instant < FIRST || instant > LAST) return null;
  const [, hours = "0", minutes = "0"] = /[+-](..):(..)$/.exec(input) ?? [];
  if (Number(hours) > 23 || Number(minutes) > 59) return "an instant at an offset that exists nowhere";
  return unless(parseUtc(formatUtc(instant)) === instant, "an instant that does not come back from its text");
}

function daemonsOf(input: string) {
  return runningDaemon({
    processes: input.split("\n").map((line, pid) => {
      const [comm = "", ...command] = line.split(" ");
      return { pid, comm, command, startTicks: 1n, maySetClock: true };
    }),
    seesAll: true,
  });
}

const MEMORY: Memory = { good: 8, lastReceive: right.T2 - 99n, unanswered: 0 };
const OUTSTANDING = makeRequest(MEMORY, right.NONCES, DEFAULT_CLIENT).outstanding;

function acceptAnything(input: Uint8Array) {
  return acceptReply(MEMORY, OUTSTANDING, input);
}

const SERVER = { leap: 0, stratum: 2, precision: -24, rootDelay: 0, rootDispersion: 0, refid: 1, reference: 1n };

function respond(input: Uint8Array): Uint8Array | null {
  const request = readRequest(input);
  const memory = new TransmitMemory(2);
  memory.remember(right.T2, right.T2 + 1n);
  return request === null ? null : makeReply(request, SERVER, right.T2, right.T2 + 9n, memory);
}

/** A whole source hears it as the reply to its request, and must give a bound that is one. */
function measure(input: Uint8Array): string | null {
  const probe = new SourceProbe({
    source: makeSource("192.0.2.1", 123, "declared"),
    drift: uncalibrated(ppb(200_000n)),
    sigma: ppb(2000n),
    client: { interleave: true, interleaveAfter: 0 },
    quality: { precision: -24, uncertainty: 1n, rootsRoundedUp: false },
    pollSeconds: 16,
    trusted: false,
    refidOf,
  });
  probe.resolved("192.0.2.1");
  const { outstanding } = probe.begin(right.NONCES);
  if (probe.consider(outstanding, input) === "drop") return null;
  const stamp = (at: bigint) => ({ raw: raw(at), cap: 50n });
  probe.finish(outstanding, { kind: "reply", bytes: input, t1: stamp(5_000_000_000n), t4: stamp(5_020_000_000n), mode: "kernel_basic" });
  const { interval, tight } = probe.facts(raw(6_000_000_000n));
  if (probe.pollSeconds < 1 || probe.pollSeconds > 3600) return `a poll every ${probe.pollSeconds} s`;
  return unless((interval === null || interval.lo <= interval.hi) && (tight === null || tight.lo <= tight.hi), "an interval that is none");
}

function drawBatch(random: SeededRandom): Uint8Array {
  const whole = new TextEncoder().encode(JSON.stringify(bentJson(random, [right.BATCH])));
  return random.next() < 0.15 ? bentBytes(random, [whole]) : whole;
}

const SENT = { bootId: "boot", boottime: 6_000_000_000n };
const BEFORE = { bootId: "boot", at: 1_795_000_000_000_000_000n };
const FAR = 2n ** 63n;

/** What is accepted must also be placed in time and rolled up, and fit the columns in which it is kept. */
function takeBatch(input: Uint8Array): string | null {
  const content = readBatch(input, right.AGENT_ID);
  if ("faults" in content) return unless(content.faults.length > 0 && content.faults.length <= 8, "a refusal without a fault");
  const { minutes, latest, firstUtc, lastUtc } = derive(content, utc(1_795_000_100_000_000_000n), SENT, BEFORE);
  const kept = [firstUtc, lastUtc, latest?.at ?? 0n, latest?.bound?.lo ?? 0n, latest?.bound?.hi ?? 0n];
  if (minutes.length > 0 && latest === null) return "minutes of no reading";
  return unless(
    kept.every((value) => value === null || (value > -FAR && value < FAR)),
    "an instant that no column holds",
  );
}

const policies = validator(Policy);

/** A policy that is accepted names sources that can be told of. */
function readPolicy(value: unknown): string | null {
  if (!policies.accepts(value)) return unless(policies.errors(value).length > 0, "a refusal without a fault");
  const named = (value.sources ?? []).map((one) => parseSource(one)).filter((one) => typeof one !== "string");
  return sourcesProblem(named);
}

const answer = (status: number, body: unknown) => nextStep({ kind: "answer", status, body, retryAfterSeconds: null }, 3, 0.5);

function nonNegative(steps: readonly ReturnType<typeof nextStep>[]): string | null {
  const bad = steps.find((step) => {
    if ("seconds" in step) return !(step.seconds > 0 && step.seconds <= 99_999);
    return "expected" in step && !(step.expected >= 0);
  });
  return bad === undefined ? null : `the step ${bad.do} of no time or place`;
}

const enrolment = [validator(EnrolRequest), validator(EnrolReply), validator(Challenge)];

function checkEnrolment(value: unknown): string | null {
  const silent = enrolment.find((schema) => !schema.accepts(value) && schema.errors(value).length === 0);
  return unless(silent === undefined, "a refusal without a fault");
}

function claimOf(input: string) {
  const headers = new Map(input.split("\n").map((line) => [line.split(": ", 1)[0] ?? "", line.slice(line.indexOf(": ") + 2)]));
  return readClaim({
    schemes: ["http"],
    address: null,
    host: headers.get("host") ?? "",
    header: (name) => headers.get(name),
  });
}

const environment = (input: string): Record<string, string> =>
  Object.fromEntries(input.split("\n").map((line) => [line.split("=", 1)[0] ?? "", line.slice(line.indexOf("=") + 1)]));

/** The configuration, or the text of what is wrong with it. */
function orProblems<T>(read: () => T): T | string {
  try {
    return read();
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

function agentConfigured(config: ReturnType<typeof readAgentConfig> | string): string | null {
  if (typeof config === "string") return unless(config.startsWith("Cannot "), "a problem without words");
  const { probeIntervalS, faults, sources } = config;
  if (probeIntervalS !== null && !(probeIntervalS >= 1 && probeIntervalS <= 3600)) return `a probe every ${probeIntervalS} s`;
  if (faults !== null && !(faults >= 0 && faults <= 10)) return `${faults} faults`;
  return sourcesProblem(sources ?? []);
}

function serverConfig(input: string): string | null {
  const read = readServerConfig(environment(input), { home: "/root", isRoot: true });
  if ("problems" in read) return unless(read.problems.length > 0, "a refusal without a problem");
  return unless(read.config.httpPort >= 0 && read.config.httpPort <= 65_535, "no port");
}

const sourceId = validator(BatchSource.properties.id);
const hostText = validator(HostText(255));
const eventText = validator(HostText(500));

/** A source's name goes into every batch, where one that the schema refuses would spoil the batch; its address goes to the kernel. */
function sourceProblem(source: Source): string | null {
  if (!sourceId.accepts(source.id) || !hostText.accepts(source.host)) return `the source ${JSON.stringify(source.id.slice(0, 80))}`;
  if (/^\d+\.\d+\.\d+\.\d+$/.test(source.host)) sockaddr({ address: source.host, port: source.port });
  return unless(source.port >= 1 && source.port <= 65_535, `port ${source.port}`);
}

function sourcesProblem(sources: readonly Source[]): string | null {
  if (sources.length > 31) return `${sources.length} sources`;
  return sources.map(sourceProblem).find((problem) => problem !== null) ?? null;
}

/** Text that is no JSON is expected at this boundary, and named there; what the case itself says is not. */
function explainText(input: string): string | null {
  const parsed = orNothing(() => parseLossless(input));
  if (parsed === undefined) return null;
  const explained = explainBoundCase(parsed);
  if (explained.kind === "unreadable") return unless(explained.problems.length > 0, "a refusal without a problem");
  return unless(typeof JSON.stringify(explained.answer) === "string", "no answer");
}

function orNothing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function auditLines(input: string): string | null {
  const trail = new AuditTrail();
  trail.take(input.split("\n"));
  const unsafe = trail.changes.find(({ command, exe }) => [command, exe].some((one) => one !== null && !eventText.accepts(one)));
  return unless(unsafe === undefined, "a name that no report may carry");
}

/** Now and then a frame is whole and its content is not: as another version of us would write it. */
function drawFrames(random: SeededRandom): Uint8Array {
  if (random.next() < 0.6) return bentBytes(random, right.FRAMES);
  const rest = bentJson(random, [{ epoch: 1, seq: 2, prev: "0", digest: "x", hash: "y" }]);
  return encodeFrame({ ...(rest as SealedBatch), body: new TextEncoder().encode(bentText(random, ["{}"])) });
}

function takeFrames(input: Uint8Array): string | null {
  const { batches, soundBytes } = scanFrames(input);
  if (soundBytes > input.length) return `${soundBytes} sound bytes of ${input.length}`;
  const odd = batches.find(({ epoch, seq, prev, hash }) => ![epoch, seq].every(Number.isSafeInteger) || typeof (prev + hash) !== "string");
  return unless(odd === undefined, "a batch without a place");
}
