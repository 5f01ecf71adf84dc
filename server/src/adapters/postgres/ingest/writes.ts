import { withoutEdges } from "../../../ingest/edges.ts";
import type { HostChange, NewBatch } from "../../../ingest/settle.ts";
import { MERGE_MINUTE, MINUTE_COLUMNS, minuteArrays, minuteValues } from "../minutes.ts";
import type { Queryable } from "../pool.ts";

/**
 * Everything that a group of deliveries changes, one statement for each table. Columns go as arrays; bytes as one value that
 * the statement cuts up, because an array of them would travel as text.
 */
const INSERT_EVIDENCE = `
  insert into evidence (host_id, epoch, seq, received_at, hash, prev_hash, body, first_utc_ns, last_utc_ns, quarantined, set_aside,
    signature, signed_from, signed_digest, target_uri, sent)
  select host_id, epoch, seq, at_utc_ns(received_ns), substring($5::bytea from row::integer * 32 - 31 for 32), substring($6::bytea from row::integer * 32 - 31 for 32),
    substring($7::bytea from at for length), first_utc_ns, last_utc_ns, quarantined, set_aside,
    case when signed_from is not null then substring($13::bytea from signature_at for 64) end, signed_from, decode(signed_digest, 'base64'), target_uri, sent
  from unnest($1::uuid[], $2::integer[], $3::bigint[], $4::bigint[], $8::integer[], $9::integer[], $10::bigint[], $11::bigint[], $12::text[],
    $14::integer[], $15::bigint[], $16::text[], $17::text[], $18::text[], $19::integer[]) with ordinality
    as batch (host_id, epoch, seq, received_ns, at, length, first_utc_ns, last_utc_ns, quarantined,
      signature_at, signed_from, signed_digest, target_uri, sent, set_aside, row)`;

const UPDATE_STATES = `
  update host_state s set
    epoch = n.epoch, seq = n.seq, chain_hash = decode(n.chain_hash, 'hex'), checkpointed_seq = n.checkpointed_seq,
    uncheckpointed_since = coalesce(at_utc_ns(n.uncheckpointed_since_ns), s.uncheckpointed_since, at_utc_ns(n.received_ns)),
    chain_boot_id = case when n.moved then n.chain_boot_id else s.chain_boot_id end,
    chain_at_ns = case when n.moved then n.chain_at_ns else s.chain_at_ns end,
    changed_xid = pg_current_xact_id(), received_at = case when n.beside then s.received_at else at_utc_ns(n.received_ns) end,
    address = case when n.beside then s.address else n.address end, is_ahead = n.is_ahead,
    carried = n.carried, unreadable = case when n.beside then s.unreadable else n.unreadable end,
    boot_id = coalesce(n.boot_id, s.boot_id), software = coalesce(n.software, s.software),
    policy_version = coalesce(n.policy_version, s.policy_version),
    assumptions = coalesce(n.assumptions::json, s.assumptions), trusting = coalesce(n.trusting::json, s.trusting),
    sources = coalesce(n.sources::json, s.sources),
    status = coalesce(n.status::bound_status, s.status),
    reason = case when n.status is null then s.reason else n.reason end,
    as_of_ns = case when n.status is null then s.as_of_ns else n.as_of_ns end,
    as_of_marked = case when n.status is null then s.as_of_marked else n.as_of_marked end,
    lo_ns = case when n.status is null then s.lo_ns else n.lo_ns end,
    hi_ns = case when n.status is null then s.hi_ns else n.hi_ns end,
    tight_lo_ns = case when n.status is null then s.tight_lo_ns else n.tight_lo_ns end,
    tight_hi_ns = case when n.status is null then s.tight_hi_ns else n.tight_hi_ns end,
    injected_ns = case when n.status is null then s.injected_ns else n.injected_ns end,
    votes = case when n.status is null then s.votes else n.votes end,
    need = case when n.status is null then s.need else n.need end,
    terms = case when n.status is null then s.terms else n.terms::json end,
    frequency = case when n.status is null then s.frequency else n.frequency::json end,
    raw_ns = case when n.status is null then s.raw_ns else n.raw_ns end,
    realtime_ns = case when n.status is null then s.realtime_ns else n.realtime_ns end,
    mesh = case when n.status is null then s.mesh else n.mesh::json end,
    daemon = coalesce(n.daemon::json, s.daemon),
    burst_done = coalesce(n.burst, s.burst_done), burst_wanted = nullif(s.burst_wanted, n.burst),
    rehearsal = case when n.boot_id is null then s.rehearsal else n.rehearsal::json end,
    rehearsal_wanted = case when n.rehearsals::jsonb ? (s.rehearsal_wanted -> 'rehearsal' ->> 'id') then null else s.rehearsal_wanted end
  from unnest($1::uuid[], $2::integer[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[], $7::boolean[], $8::text[], $9::bigint[], $10::bigint[],
    $11::text[], $12::boolean[], $13::boolean[], $14::text[], $15::text[], $16::bigint[], $17::text[], $18::text[], $19::text[], $20::text[],
    $21::text[], $22::bigint[], $23::boolean[], $24::bigint[], $25::bigint[], $26::bigint[], $27::bigint[], $28::bigint[], $29::integer[],
    $30::integer[], $31::text[], $32::text[], $33::bigint[], $34::bigint[], $35::text[], $36::text[], $37::text[], $38::text[], $39::text[], $40::boolean[], $41::boolean[])
    as n (host_id, epoch, seq, chain_hash, checkpointed_seq, uncheckpointed_since_ns, moved, chain_boot_id, chain_at_ns, received_ns,
      address, is_ahead, unreadable, boot_id, software, policy_version, assumptions, trusting, sources, status,
      reason, as_of_ns, as_of_marked, lo_ns, hi_ns, tight_lo_ns, tight_hi_ns, injected_ns, votes,
      need, terms, frequency, raw_ns, realtime_ns, mesh, burst, rehearsal, rehearsals, daemon, carried, beside)
  where s.host_id = n.host_id`;

const END_EPOCHS = `
  insert into host_epoch (host_id, epoch, last_seq, ended_at)
  select unnest($1::uuid[]), unnest($2::integer[]), unnest($3::bigint[]), clock_timestamp()
  on conflict (host_id, epoch) do nothing`;

const ROLL_UP = `
  insert into host_minute as kept (host_id, ${MINUTE_COLUMNS.join(", ")}) select unnest($1::uuid[]), ${minuteArrays(2)}
  ${MERGE_MINUTE}`;

const INSERT_EVENTS = `
  insert into host_event (host_id, epoch, seq, ordinal, at_ns, at_marked, kind, source, detail)
  select unnest($1::uuid[]), unnest($2::integer[]), unnest($3::bigint[]), unnest($4::integer[]), unnest($5::bigint[]), unnest($6::boolean[]),
    unnest($7::text[]), unnest($8::text[]), unnest($9::jsonb[])`;

interface Row extends NewBatch {
  readonly change: HostChange;
}

const rowsOf = (changes: readonly HostChange[]): Row[] =>
  changes.flatMap((change) => change.batches.map((batch) => ({ ...batch, change })));

export async function writeEvidence(client: Queryable, changes: readonly HostChange[]): Promise<void> {
  const rows = rowsOf(changes);
  const column = <T>(pick: (row: Row, index: number) => T): T[] => rows.map(pick);
  const starts: number[] = [];
  let at = 1;
  for (const { link } of rows) {
    starts.push(at);
    at += link.body.length;
  }
  /** One signature stands for all batches of a delivery: it is kept with the last. */
  const signed = <T>(pick: (change: HostChange) => T) =>
    column(({ change, link }) => (link.hash === change.claim.head ? pick(change) : null));
  const signatures = changes.map(({ claim }) => claim.signature);
  await client.query({
    name: "insert-evidence",
    text: INSERT_EVIDENCE,
    values: [
      column(({ change }) => change.facts.id),
      column(({ change }) => change.claim.epoch),
      column(({ link }) => link.seq),
      column(({ change }) => change.facts.receivedAt),
      Buffer.from(rows.map(({ link }) => link.hash).join(""), "hex"),
      Buffer.from(rows.map(({ link }) => link.prev).join(""), "hex"),
      Buffer.concat(rows.map(({ link }) => link.body)),
      starts,
      column(({ link }) => link.body.length),
      column(({ derived }) => derived.firstUtc),
      column(({ derived }) => derived.lastUtc),
      column(({ derived }) => derived.quarantined),
      Buffer.concat(signatures),
      column(({ change }) => changes.indexOf(change) * 64 + 1),
      signed(({ claim }) => claim.seq),
      signed(({ claim, hasLive }) => (hasLive ? claim.contentDigest.slice("sha-256=:".length, -1) : null)),
      signed(({ claim }) => claim.targetUri),
      column(({ change }) => change.claim.sent),
      column(({ derived }) => derived.setAside.length),
    ],
  });
}

export async function writeStates(client: Queryable, changes: readonly HostChange[]): Promise<void> {
  const column = <T>(pick: (change: HostChange) => T): T[] => changes.map(pick);
  const json = (value: unknown): string | null => (value === null || value === undefined ? null : JSON.stringify(value));
  const batchOf = ({ present }: HostChange) => present.batch;
  const latestOf = ({ present }: HostChange) => present.latest;
  const latestBatchOf = ({ present }: HostChange) => present.latestBatch;
  const after = ({ batches }: HostChange) => batches.findLast(({ derived }) => derived.after !== null)?.derived.after ?? null;
  await client.query({
    name: "update-states",
    text: UPDATE_STATES,
    values: [
      column(({ facts }) => facts.id),
      column(({ chain }) => chain.epoch),
      column(({ chain }) => chain.nextSeq - 1),
      column(({ chain }) => chain.chainHash),
      column(({ checkpoint }) => checkpoint.seq),
      column(({ checkpoint }) => checkpoint.since),
      column((change) => after(change) !== null),
      column((change) => after(change)?.bootId ?? null),
      column((change) => after(change)?.at ?? null),
      column(({ facts }) => facts.receivedAt),
      column(({ claim }) => claim.address),
      column(({ isAhead }) => isAhead),
      column(({ present }) => present.unreadable),
      column((change) => batchOf(change)?.boot_id ?? null),
      column((change) => batchOf(change)?.software ?? null),
      column((change) => batchOf(change)?.policy_version ?? null),
      column((change) => json(batchOf(change)?.assumptions)),
      column((change) => json(batchOf(change)?.trusting)),
      column((change) => json(batchOf(change)?.sources)),
      column((change) => latestOf(change)?.status ?? null),
      column((change) => latestOf(change)?.reason ?? null),
      column((change) => latestOf(change)?.at ?? null),
      column((change) => latestOf(change)?.marked ?? null),
      column((change) => latestOf(change)?.bound?.lo ?? null),
      column((change) => latestOf(change)?.bound?.hi ?? null),
      column((change) => latestOf(change)?.tight?.lo ?? null),
      column((change) => latestOf(change)?.tight?.hi ?? null),
      column((change) => latestOf(change)?.injected ?? null),
      column((change) => latestOf(change)?.votes ?? null),
      column((change) => latestOf(change)?.need ?? null),
      column((change) => json(latestBatchOf(change)?.terms)),
      column((change) => json(latestBatchOf(change)?.frequency)),
      column((change) => latestOf(change)?.raw ?? null),
      column((change) => latestOf(change)?.realtime ?? null),
      column((change) => json(withoutEdges(latestBatchOf(change)?.mesh))),
      column(({ answers }) => answers.burst),
      column((change) => json(batchOf(change)?.rehearsal)),
      column(({ answers }) => json(answers.rehearsals)),
      column(({ present }) => json(present.daemon)),
      column(({ isCarried }) => isCarried),
      column(({ isBeside }) => isBeside),
    ],
  });
  const ended = changes.filter(({ endedEpoch }) => endedEpoch !== null);
  if (ended.length === 0) return;
  await client.query(END_EPOCHS, [
    ended.map(({ facts }) => facts.id),
    ended.map(({ endedEpoch }) => endedEpoch?.epoch),
    ended.map(({ endedEpoch }) => endedEpoch?.lastSeq),
  ]);
}

export async function writeMinutes(client: Queryable, changes: readonly HostChange[]): Promise<void> {
  const minutes = changes.flatMap((change) => change.minutes);
  if (minutes.length === 0) return;
  const hosts = changes.flatMap(({ facts, minutes: own }) => own.map(() => facts.id));
  await client.query({ name: "roll-up", text: ROLL_UP, values: [hosts, ...minuteValues(minutes)] });
}

export async function writeEvents(client: Queryable, changes: readonly HostChange[]): Promise<void> {
  const rows = rowsOf(changes).flatMap(({ change, link, derived }) =>
    derived.events.map((event, ordinal) => ({ host: change.facts.id, epoch: change.claim.epoch, seq: link.seq, ordinal, ...event })),
  );
  if (rows.length === 0) return;
  const column = <T>(pick: (row: (typeof rows)[number]) => T): T[] => rows.map(pick);
  await client.query({
    name: "insert-events",
    text: INSERT_EVENTS,
    values: [
      column(({ host }) => host),
      column(({ epoch }) => epoch),
      column(({ seq }) => seq),
      column(({ ordinal }) => ordinal),
      column(({ at }) => at),
      column(({ marked }) => marked),
      column(({ kind }) => kind),
      column(({ source }) => source),
      column(({ detail }) => JSON.stringify(detail)),
    ],
  });
}
