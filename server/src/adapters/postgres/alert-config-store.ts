import type { UtcInstant } from "@truebound/time";
import { type AlertRule, type AlertSettings, DEFAULT_ALERT_SETTINGS, type Origin } from "@truebound/wire";
import type { ActiveSilence, AlertConfig, Setting } from "../../alert/alert-config.ts";
import { SHIPPED_RULES } from "../../alert/shipped-rules.ts";
import type { Queryable } from "./pool.ts";

/** All of it as one json value: few rows, and one moment. */
const CONFIG = `
  select utc_ns(clock_timestamp()) as now_ns,
    (select coalesce(json_agg(json_build_object('body', body, 'origin', origin) order by name), '[]') from alert_rule) as rules,
    (select coalesce(json_agg(json_build_object('kind', kind, 'body', body, 'origin', origin) order by kind, name), '[]') from alert_object) as objects,
    (select coalesce(json_agg(json_build_object('id', id::text, 'matchers', matchers, 'who', who, 'comment', comment) order by id), '[]') from silence
      where from_at <= clock_timestamp() and to_at > clock_timestamp()) as silences,
    (select body from alert_setting) as settings`;

interface ConfigRow {
  now_ns: UtcInstant;
  rules: Setting<AlertRule>[];
  objects: { kind: string; body: never; origin: Origin }[];
  silences: ActiveSilence[];
  settings: Partial<AlertSettings> | null;
}

/** They were checked when they were set. */
export async function readAlertConfig(client: Queryable): Promise<AlertConfig> {
  const { rows } = await client.query<ConfigRow>(CONFIG);
  const row = rows[0] as ConfigRow;
  const objects = <T>(kind: string): Setting<T>[] =>
    row.objects.filter((one) => one.kind === kind).map(({ body, origin }) => ({ body, origin }));
  const named = new Set(row.rules.map(({ body }) => body.name));
  const shipped = SHIPPED_RULES.filter(({ name }) => !named.has(name)).map((body) => ({ body, origin: "shipped" as const }));
  return {
    rules: [...shipped, ...row.rules],
    groups: objects("group"),
    calendars: objects("calendar"),
    maintenance: objects("maintenance"),
    channels: objects("channel"),
    silences: row.silences,
    settings: { ...DEFAULT_ALERT_SETTINGS, ...row.settings },
    now: row.now_ns,
  };
}
