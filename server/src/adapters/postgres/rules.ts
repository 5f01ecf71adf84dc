import type { Json } from "@truebound/audit";
import type { Policy } from "@truebound/wire";
import type { LabelSet, PolicyRule } from "../../policy/choose-policy.ts";
import { appendToLog, digestOf } from "./log/log-queue.ts";
import type { Queryable } from "./pool.ts";

/** As a subquery: all rules, few and small, as one json value. Their versions are counted from 1 and stay far below 2^53. */
export const RULES_JSON =
  "(select coalesce(json_agg(json_build_object('selector', selector, 'block', block, 'version', version)), '[]') from policy)";

const UPSERT = `
  insert into policy (selector, block) values ($1, $2)
  on conflict (selector) do update set block = excluded.block, version = nextval('policy_version')
  where policy.block <> excluded.block`;

/** In a transaction: sets what hosts with these labels are told. A rule that says the same as before keeps its version. */
export async function setRule(client: Queryable, selector: LabelSet, block: Partial<Omit<Policy, "version">>): Promise<void> {
  const { rowCount } = await client.query(UPSERT, [JSON.stringify(selector), JSON.stringify(block)]);
  if (rowCount === 1) await notePolicy(client, selector);
}

const BLOCK = "select block from policy where selector = $1";

/** The log says what the hosts with these labels are told from here on. */
export async function notePolicy(client: Queryable, selector: LabelSet): Promise<void> {
  const text = JSON.stringify(selector);
  const body = (await client.query<{ block: Json }>(BLOCK, [text])).rows[0]?.block ?? null;
  await appendToLog(client, { kind: "rule", what: `policy ${text}`, sha256: digestOf(body), body });
}

export async function readRules(client: Queryable): Promise<PolicyRule[]> {
  const { rows } = await client.query<{ rules: PolicyRule[] }>(`select ${RULES_JSON} as rules`);
  return rows[0]?.rules ?? [];
}
