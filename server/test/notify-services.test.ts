import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { utc } from "@truebound/time";
import type { Channel, Notice } from "@truebound/wire";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { sendToChannel } from "../src/adapters/notify/send-to-channel.ts";
import { pagerdutyBody } from "../src/notify/pagerduty.ts";
import { slackBody } from "../src/notify/slack.ts";
import { testChannel } from "../src/notify/test-channel.ts";
import { webhookBody } from "../src/notify/webhook.ts";
import { alertOf, channelHead, incidentOf, noticeOf } from "./notices.ts";
import { wrongWithEvent, wrongWithMessage, wrongWithWebhook } from "./notify-schemas.ts";
import { type Recorder, startRecorder } from "./recorder.ts";

const folder = mkdtempSync(join(tmpdir(), "truebound-services-"));
const [keyFile, urlFile] = [join(folder, "routing-key"), join(folder, "slack-url")];
const KEY = "0123456789abcdef0123456789abcdef";
let service: Recorder;
const { send } = sendToChannel();
const moment = { at: utc(1_764_151_200_000_000_000n), pageUrl: "https://page.example" };

beforeAll(async () => {
  service = await startRecorder();
  writeFileSync(keyFile, `${KEY}\n`);
  writeFileSync(urlFile, `${service.url}/services/T0/B0/very-secret\n`);
});
beforeEach(() => {
  service.requests.length = 0;
  service.reply = () => ({ status: 202 });
});
afterAll(async () => {
  await service.close();
  rmSync(folder, { recursive: true, force: true });
});

const pager = (): Channel => ({ ...channelHead("pager"), kind: "pagerduty", routing_key_file: keyFile, url: `${service.url}/v2/enqueue` });
const slack = (): Channel => ({ ...channelHead("slack"), kind: "slack", url_file: urlFile });
const KINDS = ["opened", "changed", "acknowledged", "resolved"] as const;
const bodies = () => service.requests.map(({ body }) => JSON.parse(body));

describe("PagerDuty", () => {
  it("is told of an incident by one key, from trigger to resolve", async () => {
    const incident = incidentOf("12");
    for (const kind of KINDS) expect(await send(pager(), noticeOf(kind, incident), moment)).toEqual({ kind: "delivered" });
    expect(bodies().flatMap(wrongWithEvent)).toEqual([]);
    expect(bodies().map(({ event_action }) => event_action)).toEqual(["trigger", "trigger", "acknowledge", "resolve"]);
    expect(new Set(bodies().map(({ dedup_key }) => dedup_key)).size).toBe(1);
    expect(bodies()[0]).toMatchObject({
      routing_key: KEY,
      client: "Truebound",
      client_url: "https://page.example",
      links: [{ href: "http://page.example/incidents/12" }],
      payload: {
        summary: "db-1 is proved to be outside its limit",
        source: "db-1",
        severity: "critical",
        timestamp: "2026-11-26T10:00:00.000Z",
        class: "proved_outside_limit",
        custom_details: { certainty: "proved outside", alerts: [expect.stringContaining("3.2 ms behind UTC")] },
      },
    });
    // Another installation of the same service may have an incident 12, too.
    const other = pagerdutyBody(KEY, noticeOf("opened", incidentOf("12"), 1, { key: "truebound-99999999-12-1" }), null);
    expect(other.dedup_key).not.toBe(bodies()[0].dedup_key);
  });
  it("that is busy is told when it asks to be", async () => {
    service.reply = () => ({ status: 429, headers: { "retry-after": "30" } });
    expect(await send(pager(), noticeOf("opened", incidentOf("12")), moment)).toMatchObject({ kind: "again", afterSeconds: 30 });
  });
  it("that refuses an event is not asked for a day, and its answer shows no key", async () => {
    service.reply = () => ({ status: 400, text: `{"errors":["no ${KEY}"]}` });
    const outcome = await send(pager(), noticeOf("opened", incidentOf("12")), moment);
    expect(outcome).toMatchObject({ kind: "refused", why: expect.stringContaining("no ***") });
  });
  it("is tested: what the test opens is closed", async () => {
    const ports = { send, moment: async () => moment, monotonic: () => performance.now() };
    expect(await testChannel(ports, pager())).toMatchObject({ delivered: true, error: null });
    expect(bodies().flatMap(wrongWithEvent)).toEqual([]);
    expect(bodies().map(({ event_action, payload }) => [event_action, payload?.severity])).toEqual([
      ["trigger", "info"],
      ["resolve", undefined],
    ]);
  });
});

describe("Slack", () => {
  it("shows the severity as a colour, and green at the end", async () => {
    for (const kind of KINDS) await send(slack(), noticeOf(kind, incidentOf("12")), moment);
    expect(bodies().flatMap(wrongWithMessage)).toEqual([]);
    expect(service.requests[0]?.path).toBe("/services/T0/B0/very-secret");
    expect(bodies().map(({ text }) => text)).toEqual([
      "db-1 is proved to be outside its limit (critical)",
      "Changed: db-1 is proved to be outside its limit (critical)",
      "Acknowledged: db-1 is proved to be outside its limit (critical)",
      "Resolved: db-1 is proved to be outside its limit (critical)",
    ]);
    expect(bodies().map(({ attachments }) => attachments[0].color)).toEqual(["#c62828", "#c62828", "#c62828", "#2e7d32"]);
  });
  it("leads to the incident and to what to do, also where the page has no address for people", () => {
    const linked = (url: string | null) => slackBody(noticeOf("opened", incidentOf("12"), 1, { url })).attachments[0]?.blocks.at(-1);
    const runbook = { type: "mrkdwn", text: "What to do: http://page.example/runbook/proved_outside_limit" };
    expect(linked("http://page.example/incidents/12")).toEqual({
      type: "context",
      elements: [{ type: "mrkdwn", text: "<http://page.example/incidents/12|Incident 12>" }, runbook],
    });
    expect(linked(null)).toEqual({ type: "context", elements: [runbook] });
  });
  it("reads nothing into what a host is called", () => {
    const evil = "<!channel> <https://evil.example|fine> & *bold* <@U1>";
    const incident = incidentOf("12", { title: evil, cause: { kind: "host", key: "h", name: evil } });
    const host = { id: "11111111-2222-3333-4444-555555555555", name: evil, labels: {} };
    const body = slackBody(noticeOf("opened", incident, 1, { alerts: [alertOf("12", { host, words: evil })], url: null }));
    const marked = JSON.stringify({ text: body.text, blocks: body.attachments[0]?.blocks.slice(1) });
    expect(marked).not.toMatch(/[<>]/);
    expect(marked).toContain("&lt;!channel&gt;");
  });
  it("whose address is wrong says so without saying it", async () => {
    service.reply = () => ({ status: 404, text: `no_service at ${service.url}/services/T0/B0/very-secret` });
    const outcome = await send(slack(), noticeOf("opened", incidentOf("12")), moment);
    expect(outcome).toMatchObject({ kind: "again", why: expect.stringContaining("(no_service at ***)") });
    writeFileSync(urlFile, "http://127.0.0.1:1/services/T0/B0/very-secret");
    expect(JSON.stringify(await send(slack(), noticeOf("opened", incidentOf("12")), moment))).not.toContain("very-secret");
    writeFileSync(urlFile, `${service.url}/services/T0/B0/very-secret\n`);
  });
});

describe("the words of a receiver", () => {
  it("are not waited for once it took what it was sent", async () => {
    service.reply = () => ({ status: 200, text: "ok", endless: true });
    const patient = sendToChannel({ http: { wholeMs: 60_000, wordsMs: 60_000 } });
    expect(await patient.send(slack(), noticeOf("opened", incidentOf("12")), moment)).toEqual({ kind: "delivered" });
  });
  it("are an answer as far as they came, where they never end", async () => {
    service.reply = () => ({ status: 400, text: "no such field", endless: true });
    const hasty = sendToChannel({ http: { wholeMs: 60_000, wordsMs: 50 } });
    const outcome = await hasty.send(slack(), noticeOf("opened", incidentOf("12")), moment);
    expect(outcome).toMatchObject({ kind: "refused", why: expect.stringContaining("it answers 400 (no such field)") });
  });
  it("show nothing of an address that is a secret, in whatever part of it they say, and however long they are", async () => {
    service.reply = ({ path }) => ({ status: 404, text: `Cannot POST ${path}` });
    const outcome = await send(slack(), noticeOf("opened", incidentOf("12")), moment);
    expect(outcome).toMatchObject({ kind: "again", why: expect.stringContaining("it answers 404 (Cannot POST ***)") });
    service.reply = () => ({ status: 500, text: `${"-".repeat(150)}very-secret` });
    expect(await send(slack(), noticeOf("opened", incidentOf("12")), moment)).not.toMatchObject({ why: expect.stringContaining("very") });
  });
  it("show no piece of a key that stands where they are cut", async () => {
    service.reply = () => ({ status: 500, text: `${"-".repeat(150)}${KEY}` });
    const outcome = await send(pager(), noticeOf("opened", incidentOf("12")), moment);
    expect(outcome).not.toMatchObject({ why: expect.stringContaining(KEY.slice(0, 4)) });
  });
});

/** Whatever people and hosts call things, at whatever length. */
const words = fc.oneof(
  fc.string({ minLength: 1, maxLength: 3000, unit: "binary" }),
  fc.constant("ü😀".repeat(2000)),
  fc.constant("<&>".repeat(1000)),
);
const anyNotice = fc
  .record({
    kind: fc.constantFrom(...KINDS),
    title: words,
    name: words,
    said: words,
    many: fc.integer({ min: 0, max: 50 }),
    more: fc.nat(9999),
  })
  .map(({ kind, title, name, said, many, more }): Notice => {
    const incident = incidentOf("12", {
      title,
      cause: { kind: "host", key: "h", name },
      rules: Array.from({ length: 40 }, (_, index) => `a_rather_long_rule_${index}`),
    });
    const host = { id: "11111111-2222-3333-4444-555555555555", name, labels: {} };
    const alerts = Array.from({ length: many }, (_, index) => alertOf("12", { host, words: said, rule: `rule_${index}` }));
    return noticeOf(kind, incident, 1, { alerts, more });
  });

it("whatever an incident is called, what is sent is what the receivers take", () => {
  fc.assert(
    fc.property(anyNotice, (notice) => {
      expect(wrongWithEvent(pagerdutyBody(KEY, notice, null))).toEqual([]);
      expect(wrongWithMessage(slackBody(notice))).toEqual([]);
      expect(wrongWithWebhook(JSON.parse(JSON.stringify(webhookBody("hook", notice, null))))).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
