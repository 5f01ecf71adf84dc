import type pg from "pg";
import type { MeshedHost, MeshStore } from "../../admin/mesh.ts";
import type { TargetStore } from "../../admin/targets.ts";
import { isPolicyOfFile, targetOfFile } from "./apply-store.ts";
import { inTransaction } from "./pool.ts";
import { notePolicy, readRules } from "./rules.ts";
import { addTarget, readMeasured, readTargets, removeTarget } from "./target-store.ts";

const HOSTS = `
  select h.id, h.name, h.labels, s.address, s.mesh, extract(epoch from clock_timestamp() - s.received_at)::double precision as age_s
  from host h join host_state s on s.host_id = h.id
  where h.state = 'active' order by h.name`;

/** Other fields of a rule stay as they are, and so does the word by which its mesh is drawn. */
const SET = `
  insert into policy (selector, block) values ($1, jsonb_build_object('mesh', $2::jsonb))
  on conflict (selector) do update set version = nextval('policy_version'), block = policy.block || case
    when jsonb_typeof($2::jsonb) = 'object' and policy.block #> '{mesh,draw}' is not null
    then jsonb_build_object('mesh', $2::jsonb || jsonb_build_object('draw', policy.block #> '{mesh,draw}'))
    else excluded.block end`;

const REDRAW = `
  update policy set version = nextval('policy_version'), block = jsonb_set(block, '{mesh,draw}', to_jsonb($1::text))
  where jsonb_typeof(block -> 'mesh') = 'object'`;

export const meshStore = (pool: pg.Pool): MeshStore & TargetStore => ({
  policyRules: () => readRules(pool),
  meshedHosts: async () => (await pool.query<MeshedHost>(HOSTS)).rows,
  isMeshOfFile: (selector) => isPolicyOfFile(pool, selector, "mesh"),
  setMesh: (selector, mesh) =>
    inTransaction(pool, async (client) => {
      await client.query(SET, [JSON.stringify(selector), JSON.stringify(mesh)]);
      await notePolicy(client, selector);
    }),
  redrawMesh: async (word) => (await pool.query(REDRAW, [word])).rowCount ?? 0,
  targets: () => readTargets(pool),
  measured: () => readMeasured(pool),
  addTarget: (target) => addTarget(pool, target),
  targetOfFile: (nameOrId) => targetOfFile(pool, nameOrId),
  removeTarget: (nameOrId) => removeTarget(pool, nameOrId),
});
