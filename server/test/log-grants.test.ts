import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { utc } from "@truebound/time";
import type pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openReceiptKey } from "../src/adapters/crypto/receipt-key.ts";
import { auditScopeStore } from "../src/adapters/postgres/audit-scope-store.ts";
import { seal } from "../src/adapters/postgres/log/log-store.ts";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { signoffBook } from "../src/adapters/postgres/report/signoff-store.ts";
import { ask, quiet, receiptKeyFile, type TestDatabases, testDatabases } from "./database.ts";

let databases: TestDatabases;
beforeAll(async () => {
  databases = await testDatabases();
});
afterAll(() => databases?.stop());

const GRANTS = readFileSync(fileURLToPath(new URL("../../deploy/postgres/log-grants.sql", import.meta.url)), "utf8");

/** `act` has the rights of a server to which the shipped grants were given. */
async function byShippedGrants(act: (pool: pg.Pool) => Promise<void>): Promise<void> {
  const url = await databases.create();
  const role = `server_${new URL(url).pathname.slice(-8)}`;
  await ask(url, `create role ${role} login password 'x'`);
  await ask(
    url,
    `grant select, insert, update, delete on all tables in schema public to ${role}; grant usage on all sequences in schema public to ${role}`,
  );
  await ask(url, GRANTS.replaceAll(':"server"', role));
  const as = new URL(url);
  [as.username, as.password] = [role, "x"];
  const pool = openPool(as.href, quiet);
  try {
    await act(pool);
  } finally {
    await pool.end();
    await ask(url, `drop owned by ${role}; drop role ${role}`);
  }
}

it("by the shipped grants a server writes the log, and can neither change nor remove anything of it", async () => {
  await byShippedGrants(async (pool) => {
    await pool.query('insert into log_pending (entry) values (\'{"kind":"export","report":"r","sha256":"00"}\')');
    expect(await seal(pool, openReceiptKey(receiptKeyFile))).toMatchObject({ leaves: 2 });
    await pool.query('insert into log_pending (entry) values (\'{"kind":"export","report":"s","sha256":"00"}\')');
    expect(await seal(pool, openReceiptKey(receiptKeyFile))).toMatchObject({ leaves: 1 });
    const people = signoffBook(pool, openReceiptKey(receiptKeyFile));
    expect(await people.setSigner("Ada", Buffer.alloc(32, 1).toString("base64url"), "test")).toBe(true);
    for (const table of ["log_shard", "log_run", "log_entry", "log_head", "log_anchor", "log_path", "log_tile"]) {
      for (const statement of [`delete from ${table}`, `truncate ${table}`, `alter table ${table} disable trigger all`])
        await expect(pool.query(statement)).rejects.toThrow(/permission denied|must be owner/);
      if (table !== "log_tile")
        await expect(pool.query(`update ${table} set ${table === "log_anchor" ? "head = 1" : "shard = shard"}`)).rejects.toThrow(
          /permission denied/,
        );
    }
    await expect(pool.query("update log_tile set hashes = substring(hashes for 32)")).rejects.toThrow(
      "Hashes of log_tile are never changed",
    );
  });
});

it("by the same grants a server adds to what was declared for audits, and neither changes nor removes any of it", async () => {
  await byShippedGrants(async (pool) => {
    await pool.query("insert into audit_scope (name, body, who) values ('a', '{}', 'test')");
    const period = { from: utc(1n), to: utc(2n) };
    expect(await auditScopeStore(pool).addExemption({ scope: "a", host: null, period, reason: "r", who: "test" })).toMatchObject({
      scope: "a",
    });
    const inventory = { kind: "csv", source: "s", sha256: "00", hosts: ["h"] } as const;
    expect(await auditScopeStore(pool).addInventory(inventory, "test")).toMatchObject({ hosts: ["h"] });
    for (const table of [
      "audit_scope",
      "audit_exemption",
      "audit_exemption_end",
      "audit_inventory",
      "audit_version",
      "report_signer",
      "report_signoff",
    ])
      for (const statement of [`update ${table} set at = now()`, `delete from ${table}`, `truncate ${table}`])
        await expect(pool.query(statement)).rejects.toThrow(/permission denied/);
  });
});
