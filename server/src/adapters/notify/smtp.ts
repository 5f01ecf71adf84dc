import { connect, isIP, type Socket } from "node:net";
import type { UtcInstant } from "@truebound/time";
import type { Channel, Notice } from "@truebound/wire";
import { createTransport } from "nodemailer";
import { oneLine } from "../../notify/facts.ts";
import { mailOf } from "../../notify/mail.ts";
import { again, type Outcome } from "../../notify/ports.ts";
import { guardedAddresses, pinned, type Resolve } from "./guarded-address.ts";
import { causeOf, STOPPED, until } from "./http-request.ts";
import { withoutSecrets } from "./without-secrets.ts";

type EmailChannel = Extract<Channel, { readonly kind: "email" }>;

export interface MailLimits {
  readonly wholeMs: number;
  readonly resolve?: Resolve;
  /** PEM of another authority for the mail server's certificate; absent = those that Node knows. */
  readonly authority?: string;
  /** Aborted when the server stops. */
  readonly closed?: AbortSignal;
}

/** Greylisting and slow content scanners are usual; longer than this holds up what comes after. */
export const MAIL_LIMITS: MailLimits = { wholeMs: 20_000 };
const MOST_TOLD = 160;

/** One mail over one connection of its own, to an address that was checked. */
export async function sendMail(
  channel: EmailChannel,
  password: string | null,
  notice: Notice,
  at: UtcInstant,
  limits: MailLimits = MAIL_LIMITS,
): Promise<Outcome> {
  const guarded = await guardedAddresses(channel.host, channel.allow_private, limits.resolve);
  if ("why" in guarded) return again(guarded.why);
  const limit = until(limits.wholeMs, limits.closed);
  let socket: Socket | null = null;
  try {
    socket = await dialled(channel, connect({ host: channel.host, port: channel.port, lookup: pinned(guarded.addresses), signal: limit }));
    return outcomeOf(await transport(channel, password, socket, limits).sendMail(letterOf(channel, notice, at)));
  } catch (error) {
    if (limit.aborted) return again(limits.closed?.aborted ? STOPPED : `${channel.host} did not take it within ${limits.wholeMs / 1000} s`);
    return refusalOf(channel, password, error);
  } finally {
    socket?.destroy();
  }
}

const dialled = ({ tls }: EmailChannel, socket: Socket): Promise<Socket> =>
  new Promise((resolve, reject) => {
    socket.once("error", reject);
    // Who speaks first over TLS is this side; without it a greeting may come before anybody listens, so it waits.
    socket.once("connect", () => {
      socket.off("error", reject);
      if (tls !== "tls") socket.pause();
      resolve(socket);
    });
  });

function transport(
  { host, port, tls, user }: EmailChannel,
  password: string | null,
  connection: Socket,
  { wholeMs, authority }: MailLimits,
) {
  return createTransport({
    host,
    port,
    connection,
    secure: tls === "tls",
    requireTLS: tls === "starttls",
    ignoreTLS: tls === "none",
    ...(user === undefined ? {} : { auth: { user, pass: password ?? "" }, forceAuth: true }),
    tls: { ...(isIP(host) === 0 ? { servername: host } : {}), ...(authority === undefined ? {} : { ca: authority }) },
    greetingTimeout: wholeMs,
    socketTimeout: wholeMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

function letterOf({ from, to }: EmailChannel, notice: Notice, at: UtcInstant) {
  const { subject, text, html, messageId, references } = mailOf(notice, from);
  return {
    from,
    to: [...to],
    subject,
    text,
    html,
    messageId,
    references,
    inReplyTo: references,
    date: new Date(Number(at / 1_000_000n)),
    headers: { "Auto-Submitted": "auto-generated", "X-Truebound-Key": notice.key },
  };
}

interface Sent {
  readonly rejected?: readonly (string | { readonly address: string })[];
}

/** Some of several were refused: to tell the others again would be worse than to say so. */
function outcomeOf({ rejected = [] }: Sent): Outcome {
  if (rejected.length === 0) return { kind: "delivered" };
  const names = rejected.map((one) => (typeof one === "string" ? one : one.address)).join(", ");
  return { kind: "delivered", note: `refused for ${names}` };
}

interface SmtpError extends Error {
  readonly code?: string;
  readonly responseCode?: number;
  readonly response?: string;
}

const MENDING: Readonly<Record<string, string>> = {
  EAUTH: "see whether user and password_file are right",
  EENVELOPE: "see whether the server takes mail from and to these addresses",
  ETLS: "see whether its certificate is of an authority that this server knows, or what tls should be",
};

/** A 5yz of the message itself stays one; whoever is refused may be let in later (RFC 5321). */
function refusalOf({ host, user }: EmailChannel, password: string | null, error: unknown): Outcome {
  if (!(error instanceof Error)) return again(String(error));
  const { code = "", responseCode = 0, response } = error as SmtpError;
  // What goes wrong on the way has a code for all of it; the message says what.
  const text = response ?? (code === "ESOCKET" ? error.message : causeOf(error));
  const secrets = password === null ? [] : [password, `\0${user ?? ""}\0${password}`];
  const said = oneLine(withoutSecrets(text, secrets), MOST_TOLD);
  const kind = /certificate|altnames/i.test(said) ? "ETLS" : code;
  const why = `${host} does not take it (${said}); ${MENDING[kind] ?? "see what its own log says; it is tried again"}`;
  return code === "EMESSAGE" && responseCode >= 500 ? { kind: "refused", why } : again(why);
}
