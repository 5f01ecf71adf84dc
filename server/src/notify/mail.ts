import type { Notice } from "@truebound/wire";
import { type Facts, factsOf, oneLine } from "./facts.ts";
import { incidentKey } from "./incident-key.ts";
import { headline } from "./told-alerts.ts";

const SUBJECT = 200;

export interface Mail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** The same in every repeat, so that a mailbox may drop the second. */
  readonly messageId: string;
  /** What all mails of an incident refer to: readers put them into one thread. */
  readonly references: string;
}

/** `from` = the sender's address: an id ends in its domain. */
export function mailOf(notice: Notice, from: string): Mail {
  const subject = oneLine(`[${notice.incident.severity}] ${headline(notice)}`, SUBJECT);
  const facts = factsOf(notice);
  const thread = incidentKey(notice);
  const domain = /@([A-Za-z0-9.-]+)>?\s*$/.exec(from)?.[1] ?? "truebound.invalid";
  return {
    subject,
    text: textOf(notice, facts),
    html: htmlOf(notice, facts),
    messageId: `<${thread}-${notice.ordinal}@${domain}>`,
    references: `<${thread}@${domain}>`,
  };
}

function textOf(notice: Notice, { pairs, alerts, runbooks }: Facts): string {
  return [
    headline(notice),
    "",
    ...pairs.map(([name, value]) => `${name}: ${value}`),
    "",
    ...alerts.map((line) => `- ${oneLine(line, 500)}`),
    ...(runbooks.length === 0 ? [] : ["", ...runbooks.map((runbook) => `What to do: ${runbook}`)]),
    ...(notice.url === null ? [] : ["", `Incident ${notice.incident.id}: ${notice.url}`]),
    "",
  ].join("\n");
}

function htmlOf(notice: Notice, { pairs, alerts, runbooks }: Facts): string {
  const rows = pairs.map(([name, value]) => `<tr><th align="left">${inHtml(name)}</th><td>${inHtml(value)}</td></tr>`).join("");
  const items = alerts.map((line) => `<li>${inHtml(oneLine(line, 500))}</li>`).join("");
  const links = [...runbooks.map((runbook) => ["What to do", runbook] as const), ...linkOf(notice)];
  return [
    "<!doctype html><html><body>",
    `<h2>${inHtml(headline(notice))}</h2>`,
    `<table>${rows}</table>`,
    items === "" ? "" : `<ul>${items}</ul>`,
    ...links.map(([name, url]) => `<p>${inHtml(name)}: ${anchor(url)}</p>`),
    "</body></html>",
  ].join("\n");
}

const linkOf = ({ url, incident }: Notice) => (url === null ? [] : [[`Incident ${incident.id}`, url] as const]);

/** A link that does not lead to a page is only text. */
const anchor = (url: string): string => (/^https?:\/\//.test(url) ? `<a href="${inHtml(url)}">${inHtml(url)}</a>` : inHtml(url));

export const inHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" })[sign] ?? sign);
