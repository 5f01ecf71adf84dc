import type { Notice, Severity } from "@truebound/wire";
import { factsOf, oneLine } from "./facts.ts";
import { headline } from "./told-alerts.ts";

/** What Slack takes at most. */
const HEADER = 150;
const SECTION = 3000;
const TEXT = 3000;
/** Of ten elements of a context. */
const MOST_RUNBOOKS = 5;

const COLOURS: Readonly<Record<Severity, string>> = { critical: "#c62828", warning: "#ef6c00", info: "#1565c0" };
const OVER = "#2e7d32";

/** `text` is what a notification shows; the coloured bar exists only around an attachment. */
export function slackBody(notice: Notice) {
  const title = oneLine(headline(notice), HEADER);
  return {
    text: oneLine(escaped(`${title} (${notice.incident.severity})`), TEXT),
    attachments: [{ color: notice.kind === "resolved" ? OVER : COLOURS[notice.incident.severity], blocks: blocksOf(notice, title) }],
  };
}

function blocksOf(notice: Notice, title: string) {
  const { pairs, alerts, runbooks } = factsOf(notice);
  const links = [...linkOf(notice), ...runbooks.slice(0, MOST_RUNBOOKS).map((runbook) => `What to do: ${escaped(runbook)}`)];
  const fields = pairs.map(([name, value]) => markdown(`*${name}*\n${escaped(oneLine(value, 500))}`));
  return [
    { type: "header", text: { type: "plain_text", text: title, emoji: false } },
    { type: "section", fields },
    ...(alerts.length === 0 ? [] : [{ type: "section", text: markdown(lines(alerts)) }]),
    ...(links.length === 0 ? [] : [{ type: "context", elements: links.map(markdown) }]),
  ];
}

const linkOf = ({ url, incident }: Notice): string[] => (url === null ? [] : [`<${link(url)}|Incident ${incident.id}>`]);

const markdown = (text: string) => ({ type: "mrkdwn", text });

/** As many as fit. */
function lines(alerts: readonly string[]): string {
  let text = "";
  for (const alert of alerts) {
    const line = `• ${escaped(oneLine(alert, 400))}\n`;
    if (text.length + line.length > SECTION) break;
    text += line;
  }
  return text.trimEnd();
}

/** The only three that Slack reads as more than text; without them there is no link, no mention and no channel. */
export const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

const link = (url: string): string => escaped(url).replaceAll("|", "%7C");
