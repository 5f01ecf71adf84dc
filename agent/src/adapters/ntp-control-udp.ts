import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { ControlAnswer, controlRequest, readControl } from "../observe/ntp-control.ts";
import { type DisciplineSaying, parseNtpd } from "../observe/ntpd.ts";
import type { Testimony, WitnessTrouble } from "../observe/ports.ts";

export interface NtpControlOptions {
  /** Where ntpd listens; a numeric IPv4 address of this host. */
  readonly address?: string;
  readonly port?: number;
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 2000;

/** Asks ntpd, or ntpsec, what it says of itself: one datagram over loopback, and its answer within two seconds. Never rejects. */
export async function askNtpd(options: NtpControlOptions = {}): Promise<Testimony<DisciplineSaying>> {
  const answer = await ask(options);
  if (typeof answer !== "string") return answer;
  const read = parseNtpd(answer);
  return "field" in read
    ? { kind: "malformed", why: `Cannot read what ntpd says: ${read.field}: "${read.text}"` }
    : { kind: "ok", value: read, malformed: [] };
}

type Trouble = Exclude<Testimony<never>, { kind: "ok" }>;
const trouble = (kind: WitnessTrouble, why: string): Trouble => ({ kind, why: `Cannot ask ntpd: ${why}` });

/** A socket that is connected hears nobody but whom it asked, and is told at once where nobody listens. */
function ask({ address = "127.0.0.1", port = 123, timeoutMs = TIMEOUT_MS }: NtpControlOptions): Promise<string | Trouble> {
  const sequence = randomInt(1, 65_536);
  const answer = new ControlAnswer();
  return new Promise((resolve) => {
    const socket = createSocket("udp4");
    let isOver = false;
    const once = (result: string | Trouble) => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      socket.close();
      resolve(result);
    };
    const timer = setTimeout(() => once(trouble("timeout", "no answer in time")), timeoutMs);
    socket.on("error", ({ message }) => once(trouble("refused", `nobody answers at ${address}:${port} (${message})`)));
    socket.on("message", (bytes) => {
      const part = readControl(bytes, sequence);
      if (part.kind === "refused")
        once(trouble("denied", `it refuses with code ${part.code}; does "restrict" forbid questions (noquery)?`));
      if (part.kind !== "part") return;
      const text = answer.take(part);
      if (text !== null) once(text === "too_long" ? trouble("too_long", "the answer is longer than any can be") : text);
    });
    socket.connect(
      port,
      address,
      () => isOver || socket.send(controlRequest(sequence), (error) => error && once(trouble("refused", error.message))),
    );
  });
}
