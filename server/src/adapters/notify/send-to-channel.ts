import { createHmac } from "node:crypto";
import type { Channel, Notice } from "@truebound/wire";
import { type PostableAlert, postable, readHttpDate, reminders } from "../../notify/alertmanager.ts";
import { httpOutcome } from "../../notify/http-outcome.ts";
import { PAGERDUTY, pagerdutyBody } from "../../notify/pagerduty.ts";
import { type AlertmanagerChannel, again, type Moment, type Outcome, type Remind, type Send } from "../../notify/ports.ts";
import { slackBody } from "../../notify/slack.ts";
import { toldAlerts } from "../../notify/told-alerts.ts";
import { signedText, webhookBody } from "../../notify/webhook.ts";
import { HTTP_LIMITS, type HttpLimits, type HttpRequest, type HttpResult, httpRequests } from "./http-request.ts";
import { readSecret, SecretUnreadable } from "./secret-file.ts";
import { MAIL_LIMITS, type MailLimits, sendMail } from "./smtp.ts";
import { withoutSecrets } from "./without-secrets.ts";

export interface SendLimits {
  readonly http?: HttpLimits;
  readonly mail?: MailLimits;
}

/** How each kind of channel is told. */
export function sendToChannel({ http = HTTP_LIMITS, mail = MAIL_LIMITS }: SendLimits = {}): { send: Send; remind: Remind } {
  const request = httpRequests(http);
  const send: Send = async (channel, notice, moment) => {
    // The path of a webhook often is a secret, wherever it was written.
    const secrets: string[] = channel.kind === "webhook" && URL.canParse(channel.url) ? [channel.url] : [];
    const secret = async (path: string, what: string) => {
      const text = await readSecret(path, what);
      secrets.push(text);
      return text;
    };
    try {
      const clean = (text: string) => withoutSecrets(text, secrets);
      return cleaned(await sendBy(channel, notice, moment, { request, mail, secret, clean }), clean);
    } catch (error) {
      if (error instanceof SecretUnreadable) return again(error.message);
      throw error;
    }
  };
  return { send, remind: (channel, notices) => toAlertmanagers(channel, request, async () => reminders(notices)) };
}

interface Means {
  readonly request: HttpRequest;
  readonly mail: MailLimits;
  readonly secret: (path: string, what: string) => Promise<string>;
  /** Without the secrets that were read so far. */
  readonly clean: (text: string) => string;
}

const cleaned = (outcome: Outcome, clean: Means["clean"]): Outcome =>
  outcome.kind === "delivered" ? outcome : { ...outcome, why: clean(outcome.why) };

async function sendBy(channel: Channel, notice: Notice, moment: Moment, means: Means): Promise<Outcome> {
  const { request, secret, mail, clean } = means;
  const post = async (url: string, body: string, headers: Readonly<Record<string, string>> = {}) =>
    outcomeOf(await request({ url, allowPrivate: channel.allow_private }, { method: "POST", body, headers }), clean);
  switch (channel.kind) {
    case "alertmanager":
      return toAlertmanagers(channel, request, (theirClock) => postableBy(notice, theirClock, moment.elsewhere));
    case "webhook": {
      const body = JSON.stringify(webhookBody(channel.name, notice, moment.pageUrl));
      const key = channel.secret_file === undefined ? null : await secret(channel.secret_file, "secret_file");
      return post(channel.url, body, { "idempotency-key": notice.key, ...(key === null ? {} : signed(key, body, moment)) });
    }
    case "slack":
      return post(await secret(channel.url_file, "url_file"), JSON.stringify(slackBody(notice)));
    case "pagerduty": {
      const key = await secret(channel.routing_key_file, "routing_key_file");
      return post(channel.url ?? PAGERDUTY, JSON.stringify(pagerdutyBody(key, notice, moment.pageUrl)));
    }
    case "email": {
      const password = channel.password_file === undefined ? null : await secret(channel.password_file, "password_file");
      return sendMail(channel, password, notice, moment.at, mail);
    }
    default:
      return channel satisfies never;
  }
}

/** The words are cleaned before they are cut: of a secret that is cut a piece would stay. */
export const outcomeOf = (result: HttpResult, clean: Means["clean"]): Outcome =>
  "unanswered" in result ? again(clean(result.unanswered)) : httpOutcome({ ...result, text: clean(result.text) });

function signed(key: string, body: string, { at }: Moment): Record<string, string> {
  const timestamp = String(at / 1_000_000_000n);
  const mac = createHmac("sha256", key).update(signedText(timestamp, body)).digest("hex");
  return { "truebound-timestamp": timestamp, "truebound-signature": `v1=${mac}` };
}

type AlertsFor = (theirClock: () => Promise<string | null>) => Promise<readonly PostableAlert[]>;

/** Only what is over needs an end, by the clock that judges it. */
const postableBy = async (
  notice: Notice,
  theirClock: () => Promise<string | null>,
  elsewhere: readonly Notice[] | undefined,
): Promise<PostableAlert[]> => postable(notice, toldAlerts(notice).over.length === 0 ? null : await theirClock(), elsewhere);

/** An Alertmanager is told no secret. */
const asItCame = (text: string): string => text;

/** Each of them is told: they do not tell each other of alerts. One that cannot be reached holds up nothing as long as another takes it. */
async function toAlertmanagers(channel: AlertmanagerChannel, request: HttpRequest, alertsFor: AlertsFor): Promise<Outcome> {
  const results = await Promise.all(channel.urls.map((url) => toOne(url, channel.allow_private, request, alertsFor)));
  const outcomes = results.map((result) => outcomeOf(result, asItCame));
  const answered = outcomes.filter((_, index) => !("unanswered" in (results[index] as HttpResult)));
  const trouble = answered.find(({ kind }) => kind !== "delivered");
  if (trouble !== undefined) return trouble;
  const silent = results.flatMap((result) => ("unanswered" in result ? [result.unanswered] : []));
  if (answered.length === 0) return again(silent.join("; "));
  return silent.length === 0 ? { kind: "delivered" } : { kind: "delivered", note: `but not all of them: ${silent.join("; ")}` };
}

async function toOne(base: string, allowPrivate: boolean, request: HttpRequest, alertsFor: AlertsFor): Promise<HttpResult> {
  const at = (path: string) => ({ url: `${base.replace(/\/+$/, "")}/api/v2/${path}`, allowPrivate });
  const alerts = await alertsFor(async () => {
    const status = await request(at("status"), { method: "GET" });
    return "unanswered" in status ? null : readHttpDate(status.date);
  });
  return request(at("alerts"), { method: "POST", body: JSON.stringify(alerts) });
}
