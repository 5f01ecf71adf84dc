import type { Channel } from "@truebound/wire";

/** Where a channel leads, without what may be a secret: the path of a webhook often is one. */
export function whereTo(channel: Channel): string {
  switch (channel.kind) {
    case "alertmanager":
      return channel.urls.map(bare).join(", ");
    case "webhook":
      return bare(channel.url);
    case "slack":
      return `the Slack webhook in ${channel.url_file}`;
    case "pagerduty":
      return `PagerDuty${channel.url === undefined ? "" : ` at ${bare(channel.url)}`}, by the key in ${channel.routing_key_file}`;
    case "email":
      return `${channel.to.join(", ")} by ${channel.host}:${channel.port}`;
    default:
      return channel satisfies never;
  }
}

function bare(address: string): string {
  if (!URL.canParse(address)) return "an address that cannot be read";
  return new URL(address).origin;
}
