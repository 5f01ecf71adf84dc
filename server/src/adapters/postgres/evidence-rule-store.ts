import type { Json } from "@truebound/audit";
import type pg from "pg";
import type { EvidenceRuleStore, LabelGroup } from "../../admin/evidence-rules.ts";
import { appendToLog, digestOf } from "./log/log-queue.ts";
import { inTransaction, type Queryable } from "./pool.ts";
import { lockHolds, readRetention } from "./retention/retention-store.ts";

const GROUPS = "select labels, count(*)::integer as hosts from host group by labels";

const ONE = "select to_jsonb(r) - 'selector' as rule from evidence_rule r where selector = $1";
const SET = `
  insert into evidence_rule (selector, class, days, archive_days) values ($1, $2, $3, $4)
  on conflict (selector) do update set class = $2, days = $3, archive_days = $4`;
const REMOVE = "delete from evidence_rule where selector = $1";
const NOTE = "insert into evidence_rule_change (selector, before, after, who, reason) values ($1, $2, $3, $4, $5)";

/** A change and the word of who made it commit together, and wait for whatever is just being removed. */
export const evidenceRuleStore = (pool: pg.Pool): EvidenceRuleStore => ({
  evidenceRules: async () =>
    [...(await readRetention(pool)).rules].sort((a, b) => Object.keys(a.selector).length - Object.keys(b.selector).length),
  labelGroups: async () => (await pool.query<LabelGroup>(GROUPS)).rows,
  setEvidenceRule: async ({ selector, class: name, days, archiveDays }, reason, who) => {
    await changed(
      pool,
      JSON.stringify(selector),
      reason,
      who,
      async (client, key) => void (await client.query(SET, [key, name, days, archiveDays])),
    );
  },
  removeEvidenceRule: (selector, reason, who) =>
    changed(pool, JSON.stringify(selector), reason, who, async (client, key) => void (await client.query(REMOVE, [key]))),
});

/** False = there is no rule before and none after. */
const changed = (
  pool: pg.Pool,
  selector: string,
  reason: string,
  who: string,
  change: (client: Queryable, selector: string) => Promise<void>,
): Promise<boolean> =>
  inTransaction(pool, async (client) => {
    await lockHolds(client);
    const before = await ruleOn(client, selector);
    await change(client, selector);
    const after = await ruleOn(client, selector);
    if (before === null && after === null) return false;
    await client.query(NOTE, [selector, before, after, who, reason]);
    await appendToLog(client, {
      kind: "rule",
      what: `evidence ${selector}`,
      sha256: digestOf(after),
      body: after,
      was: before,
      who,
      reason,
    });
    return true;
  });

const ruleOn = async (client: Queryable, selector: string): Promise<Json> =>
  (await client.query<{ rule: Json }>(ONE, [selector])).rows[0]?.rule ?? null;
