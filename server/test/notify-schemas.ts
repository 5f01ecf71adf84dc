/** What the receivers publish of what they take, held against what is sent. Each gives what is wrong; empty = nothing. */
type Json = Readonly<Record<string, unknown>>;
const isText = (value: unknown, most: number): boolean => typeof value === "string" && value.length > 0 && value.length <= most;
const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);
const wrong = (checks: Readonly<Record<string, boolean>>): string[] => Object.keys(checks).filter((name) => !checks[name]);
const extra = (value: Json, known: readonly string[]): string[] =>
  Object.keys(value)
    .filter((name) => !known.includes(name))
    .map((name) => `${name} is unknown`);

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/;

/** Events API v2, as PagerDuty publishes it. */
export function wrongWithEvent(event: Json): string[] {
  const { payload, links = [], event_action: action } = event;
  const head = wrong({
    routing_key: isText(event.routing_key, 32),
    event_action: ["trigger", "acknowledge", "resolve"].includes(String(action)),
    dedup_key: isText(event.dedup_key, 255),
    client: event.client === undefined || isText(event.client, 255),
    client_url: event.client_url === undefined || /^https?:/.test(String(event.client_url)),
    links: Array.isArray(links) && links.every((link) => isObject(link) && /^https?:/.test(String(link.href))),
    size: JSON.stringify(event).length <= 512 * 1024,
  });
  const known = extra(event, ["routing_key", "event_action", "dedup_key", "payload", "links", "images", "client", "client_url"]);
  if (action !== "trigger") return [...head, ...known];
  if (!isObject(payload)) return [...head, ...known, "a trigger has a payload"];
  const body = wrong({
    summary: isText(payload.summary, 1024),
    source: isText(payload.source, 255),
    severity: ["critical", "error", "warning", "info"].includes(String(payload.severity)),
    timestamp: payload.timestamp === undefined || TIME.test(String(payload.timestamp)),
    component: payload.component === undefined || isText(payload.component, 255),
    group: payload.group === undefined || isText(payload.group, 255),
    class: payload.class === undefined || isText(payload.class, 255),
    custom_details: payload.custom_details === undefined || isObject(payload.custom_details),
  });
  return [
    ...head,
    ...known,
    ...body,
    ...extra(payload, ["summary", "source", "severity", "timestamp", "component", "group", "class", "custom_details"]),
  ];
}

/** Incoming webhooks and Block Kit, as Slack publishes them. */
export function wrongWithMessage(message: Json): string[] {
  const { attachments = [] } = message;
  if (!Array.isArray(attachments)) return ["attachments"];
  return [
    ...wrong({ text: isText(message.text, 40_000), attachments: attachments.length <= 100 }),
    ...extra(message, ["text", "blocks", "attachments"]),
    ...attachments.flatMap((attachment: Json) => [
      ...wrong({
        color: /^#[0-9a-f]{6}$/.test(String(attachment.color)),
        blocks: Array.isArray(attachment.blocks) && attachment.blocks.length <= 50,
      }),
      ...extra(attachment, ["color", "blocks", "fallback"]),
      ...(attachment.blocks as readonly Json[]).flatMap(wrongWithBlock),
    ]),
  ];
}

function wrongWithBlock(block: Json): string[] {
  switch (block.type) {
    case "header":
      return wrong({ header: isTextObject(block.text, "plain_text", 150) });
    case "section": {
      const fields = block.fields as readonly unknown[] | undefined;
      return wrong({
        "section has text or fields": block.text !== undefined || fields !== undefined,
        "section text": block.text === undefined || isTextObject(block.text, "mrkdwn", 3000),
        "section fields":
          fields === undefined || (fields.length >= 1 && fields.length <= 10 && fields.every((one) => isTextObject(one, "mrkdwn", 2000))),
      });
    }
    case "context":
      return wrong({
        context:
          Array.isArray(block.elements) && block.elements.length <= 10 && block.elements.every((one) => isTextObject(one, "mrkdwn", 3000)),
      });
    default:
      return [`a block of the type ${String(block.type)}`];
  }
}

const isTextObject = (value: unknown, type: string, most: number): boolean =>
  isObject(value) && value.type === type && isText(value.text, most);

/** Alertmanager's webhook, version 4, and the field beside it that is ours. */
export function wrongWithWebhook(body: Json): string[] {
  const alerts = body.alerts as readonly Json[];
  return [
    ...wrong({
      version: body.version === "4",
      groupKey: isText(body.groupKey, 1000),
      truncatedAlerts: Number.isInteger(body.truncatedAlerts),
      status: ["firing", "resolved"].includes(String(body.status)),
      receiver: isText(body.receiver, 255),
      labels: [body.groupLabels, body.commonLabels, body.commonAnnotations].every(isTexts),
      externalURL: typeof body.externalURL === "string",
      alerts: Array.isArray(alerts) && alerts.length > 0,
    }),
    ...extra(body, [
      "version",
      "groupKey",
      "truncatedAlerts",
      "status",
      "receiver",
      "groupLabels",
      "commonLabels",
      "commonAnnotations",
      "externalURL",
      "alerts",
      "truebound",
    ]),
    ...alerts.flatMap((alert) =>
      wrong({
        "alert status": ["firing", "resolved"].includes(String(alert.status)),
        "alert labels": isTexts(alert.labels) && isText((alert.labels as Json).alertname, 255),
        "alert annotations": isTexts(alert.annotations),
        startsAt: /^\d{4}-.*Z$/.test(String(alert.startsAt)),
        endsAt: (alert.status === "firing") === (alert.endsAt === "0001-01-01T00:00:00Z"),
        fingerprint: /^[0-9a-f]{16}$/.test(String(alert.fingerprint)),
      }),
    ),
  ];
}

const isTexts = (value: unknown): boolean => isObject(value) && Object.values(value).every((one) => typeof one === "string");
