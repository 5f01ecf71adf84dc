import type { AddressInfo } from "node:net";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { certificate } from "./certificate.ts";

export interface Received {
  readonly from: string;
  readonly to: readonly string[];
  readonly user: string | null;
  readonly wasEncrypted: boolean;
  /** As it came. */
  readonly raw: string;
}

export interface MailServer {
  readonly port: number;
  readonly received: Received[];
  readonly authority: string;
  stop(): Promise<void>;
}

export interface MailServerOptions {
  readonly tls: "none" | "starttls" | "tls";
  readonly password?: string;
  readonly refused?: readonly string[];
  readonly refuse?: { readonly at: "message"; readonly code: number };
}

/** A real SMTP server on loopback, with a certificate for `localhost` that only who is given it believes. */
export async function startMailServer({ tls, password, refused = [], refuse }: MailServerOptions): Promise<MailServer> {
  const { key, cert } = certificate();
  const received: Received[] = [];
  const server = new SMTPServer({
    secure: tls === "tls",
    key,
    cert,
    disabledCommands: [...(tls === "starttls" ? [] : ["STARTTLS"]), ...(password === undefined ? ["AUTH"] : [])],
    authOptional: password === undefined,
    allowInsecureAuth: true,
    onAuth: ({ username, password: given }, _, done) =>
      given === password ? done(null, { user: username }) : done(new Error(`Bad password ${given}`)),
    onRcptTo: ({ address }, _, done) => done(refused.includes(address) ? coded(550, `No such person ${address}`) : null),
    onData: (stream, session, done) => {
      const pieces: Buffer[] = [];
      stream.on("data", (piece: Buffer) => pieces.push(piece));
      stream.on("end", () => {
        if (refuse !== undefined) return done(coded(refuse.code, "Not this one"));
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom === false ? "" : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          user: session.user === undefined ? null : String(session.user),
          wasEncrypted: session.secure,
          raw: Buffer.concat(pieces).toString("utf8"),
        });
        done(null);
      });
    },
  } satisfies SMTPServerOptions);
  // A client that ends in the middle is what some tests are about.
  server.on("error", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const { port } = server.server.address() as AddressInfo;
  return { port, received, authority: cert, stop: () => new Promise((resolve) => server.close(() => resolve())) };
}

const coded = (responseCode: number, message: string) => Object.assign(new Error(message), { responseCode });
