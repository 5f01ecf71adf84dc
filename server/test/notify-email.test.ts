import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { utc } from "@truebound/time";
import type { Channel, Notice } from "@truebound/wire";
import fc from "fast-check";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { sendToChannel } from "../src/adapters/notify/send-to-channel.ts";
import { type MailServer, type MailServerOptions, startMailServer } from "./mail-server.ts";
import { alertOf, channelHead, incidentOf, noticeOf } from "./notices.ts";

const folder = mkdtempSync(join(tmpdir(), "truebound-email-"));
const passwordFile = join(folder, "password");
writeFileSync(passwordFile, "open sesame\n");
const moment = { at: utc(1_764_151_200_000_000_000n), pageUrl: null };
const servers: MailServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const serve = async (options: MailServerOptions): Promise<MailServer> => {
  const server = await startMailServer(options);
  servers.push(server);
  return server;
};
type Email = Extract<Channel, { kind: "email" }>;
const channel = ({ port }: { port: number }, more: Partial<Email> = {}): Email => ({
  ...channelHead("mail"),
  kind: "email",
  host: "localhost",
  port,
  tls: "none",
  from: "Truebound <truebound@page.example>",
  to: ["ops@example.com"],
  ...more,
});
const signIn = { user: "truebound", password_file: passwordFile };
const opened = (more: Partial<Notice> = {}) => noticeOf("opened", incidentOf("12"), 1, more);
const deliver = (server: MailServer, more: Partial<Email> = {}, notice = opened(), authority: string | null = server.authority) =>
  sendToChannel({
    mail: { wholeMs: 5_000, resolve: async () => [{ address: "127.0.0.1", family: 4 }], ...(authority === null ? {} : { authority }) },
  }).send(channel(server, more), notice, moment);
const headersOf = (raw = ""): Record<string, string> =>
  Object.fromEntries(
    (raw.split("\r\n\r\n")[0] ?? "")
      .replace(/\r\n[ \t]+/g, " ")
      .split("\r\n")
      .map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 2)]),
  );

describe("e-mail by a real SMTP server", () => {
  it("arrives in plain where that is what was set, with text and HTML", async () => {
    const server = await serve({ tls: "none" });
    expect(await deliver(server)).toEqual({ kind: "delivered" });
    const [mail] = server.received;
    expect(mail).toMatchObject({ from: "truebound@page.example", to: ["ops@example.com"], user: null, wasEncrypted: false });
    expect(headersOf(mail?.raw)).toMatchObject({
      subject: "[critical] db-1 is proved to be outside its limit",
      date: "Wed, 26 Nov 2025 10:00:00 +0000",
      "auto-submitted": "auto-generated",
      "content-type": expect.stringContaining("multipart/alternative"),
    });
    expect(mail?.raw).toContain("Severity: critical");
    expect(mail?.raw).toContain("<h2>db-1 is proved to be outside its limit</h2>");
  });

  it.each(["starttls", "tls"] as const)("arrives by %s, signed in", async (tls) => {
    const server = await serve({ tls, password: "open sesame" });
    expect(await deliver(server, { tls, ...signIn })).toEqual({ kind: "delivered" });
    expect(server.received).toMatchObject([{ user: "truebound", wasEncrypted: true }]);
  });

  it.each(["starttls", "tls"] as const)("is not sent by %s to a server that cannot prove who it is", async (tls) => {
    const server = await serve({ tls, password: "open sesame" });
    const outcome = await deliver(server, { tls, ...signIn }, opened(), null);
    expect(outcome).toMatchObject({ kind: "again", why: expect.stringMatching(/self-signed.*see whether its certificate/) });
    expect(server.received).toEqual([]);
  });

  it("is not sent to a server whose certificate is another one's", async () => {
    const server = await serve({ tls: "starttls" });
    const outcome = await deliver(server, { tls: "starttls", host: "mail.example" });
    expect(outcome).toMatchObject({
      kind: "again",
      why: expect.stringMatching(/mail\.example does not take it.*see whether its certificate/),
    });
    expect(server.received).toEqual([]);
  });

  it("is not sent in plain where STARTTLS was asked for and is not offered", async () => {
    const server = await serve({ tls: "none", password: "open sesame" });
    expect(await deliver(server, { tls: "starttls", ...signIn })).toMatchObject({ kind: "again" });
    expect(server.received).toEqual([]);
  });

  it("with a wrong password says so, and never the password", async () => {
    const server = await serve({ tls: "starttls", password: "another" });
    const outcome = await deliver(server, { tls: "starttls", ...signIn });
    expect(outcome).toMatchObject({
      kind: "again",
      why: expect.stringMatching(/535 Bad password \*\*\*.*see whether user and password_file are right/),
    });
    expect(server.received).toEqual([]);
  });

  it("is not sent without signing in where a user is set and the server asks for none", async () => {
    const server = await serve({ tls: "none" });
    expect(await deliver(server, signIn)).toMatchObject({ kind: "again" });
    expect(server.received).toEqual([]);
  });

  it("that a server takes for some only is delivered, and names the others", async () => {
    const server = await serve({ tls: "none", refused: ["gone@example.com"] });
    expect(await deliver(server, { to: ["ops@example.com", "gone@example.com"] })).toEqual({
      kind: "delivered",
      note: "refused for gone@example.com",
    });
    expect(server.received.map(({ to }) => to)).toEqual([["ops@example.com"]]);
  });

  it("that it takes for nobody is tried again; one whose content it refuses is not for a day", async () => {
    const nobody = await serve({ tls: "none", refused: ["ops@example.com"] });
    expect(await deliver(nobody)).toMatchObject({ kind: "again", why: expect.stringMatching(/550 No such person.*these addresses/) });
    const strict = await serve({ tls: "none", refuse: { at: "message", code: 554 } });
    expect(await deliver(strict)).toMatchObject({ kind: "refused" });
    const full = await serve({ tls: "none", refuse: { at: "message", code: 452 } });
    expect(await deliver(full)).toMatchObject({ kind: "again" });
  });

  it("to a server that says nothing ends in its time", async () => {
    const mute = createServer(() => {});
    await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
    const { send } = sendToChannel({ mail: { wholeMs: 300 } });
    const outcome = await send(channel(mute.address() as AddressInfo), opened(), moment);
    expect(outcome).toEqual({ kind: "again", why: "localhost did not take it within 0.3 s" });
    await new Promise((resolve) => mute.close(resolve));
  });

  it("of one incident is one thread, and a repeat has the same id", async () => {
    const server = await serve({ tls: "none" });
    const incident = incidentOf("12");
    for (const [index, kind] of (["opened", "opened", "changed", "resolved"] as const).entries())
      await deliver(server, {}, noticeOf(kind, incident, Math.max(1, index)));
    const heads = server.received.map(({ raw }) => headersOf(raw));
    expect(new Set(heads.map(({ references }) => references)).size).toBe(1);
    expect(heads.map((head) => head["in-reply-to"])).toEqual(heads.map(({ references }) => references));
    const ids = heads.map((head) => head["message-id"]);
    expect(ids[1]).toBe(ids[0]);
    expect(new Set(ids).size).toBe(3);
    expect(ids[0]).toMatch(/^<truebound-1a2b3c4d-12-[0-9]+-1@page\.example>$/);
  });

  it("gets no header, and no markup, from what an incident or a host is called", async () => {
    const server = await serve({ tls: "none" });
    const texts = fc.array(
      fc.constantFrom("\r\n", "\n", "\r", "Bcc: evil@example.com", "\u2028", "\u0085", "\0", "<script>", "</h2>", ".", "ü", "=?utf-8?b?"),
      {
        minLength: 1,
        maxLength: 12,
      },
    );
    const evil = fc.sample(texts, 40).map((parts) => parts.join(""));
    for (const title of evil) {
      const host = { id: "11111111-2222-3333-4444-555555555555", name: title, labels: {} };
      const incident = incidentOf("12", { title, cause: { kind: "host", key: "h", name: title } });
      await deliver(server, {}, noticeOf("opened", incident, 1, { alerts: [alertOf("12", { host, words: title })] }));
    }
    expect(server.received).toHaveLength(40);
    const known = [
      "from",
      "to",
      "subject",
      "message-id",
      "in-reply-to",
      "references",
      "date",
      "mime-version",
      "content-type",
      "auto-submitted",
      "x-truebound-key",
    ];
    for (const { raw, to } of server.received) {
      expect(to).toEqual(["ops@example.com"]);
      expect(Object.keys(headersOf(raw)).filter((name) => !known.includes(name))).toEqual([]);
      expect(raw.slice(raw.indexOf("text/html"))).not.toMatch(/<script>|<\/h2>[\s\S]*<\/h2>/);
    }
  });
});
