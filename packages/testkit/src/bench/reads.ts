import pg from "pg";
import { withServer } from "./ingest.ts";
import { median } from "./statistics.ts";

/** A fleet that has reported for a day: 30 million measurements in batches of a hundred, and its minutes. */
const HOSTS = 10_000;
const BATCHES = 30;
const MINUTES = 1_440;

export interface ReadsResult {
  readonly hosts: number;
  readonly measurements: number;
  readonly minutes: number;
  /** Median ms of one question over HTTP. */
  readonly fleetMs: number;
  readonly hostDayMs: number;
  readonly fleetDayMs: number | null;
}

const FILL: readonly string[] = [
  `insert into host (id, name, labels, public_key, enrolled_with)
   select md5('h' || n)::uuid, 'host-' || n, '{"site":"a"}', sha256(convert_to('k' || n, 'utf8')), sha256('') from generate_series(1, ${HOSTS}) as n`,
  `insert into host_state (host_id, epoch, seq, chain_hash, received_at, boot_id, software, policy_version, status, reason, as_of_ns, lo_ns, hi_ns,
     tight_lo_ns, tight_hi_ns, votes, need, assumptions, terms, frequency, sources)
   select id, 1, ${BATCHES}, sha256(''), clock_timestamp(), 'boot', 'truebound-agent/0.1.0', 1, 'proven', null, utc_ns(clock_timestamp()),
     -(random() * 2e5)::bigint, (random() * 2e5)::bigint, -20000, 20000, 8, 7,
     '{"rho_ppb":200000,"oscillator_ppb":null,"drift_basis":"assumed","sigma_ppb":2000,"faults":1,"slew_ppm":83333,"slew_basis":"chrony","stamp_mode":"kernel_interleaved"}',
     '{"path_ns":"70070","root_ns":"45777","precision_ns":"119","stamp_ns":"312","drift_ns":"14902","slew_ns":"83333"}',
     '{"oscillator":[-9968,14498],"daemon_slew":[-2300,-2299]}',
     (select json_agg(json_build_object('id', 'ntp' || s || '.example.net:123', 'address', '192.0.2.' || s, 'origin', 'declared', 'state', 'agrees',
        'stratum', 2, 'refid', 3221225984 + s, 'leap', 0, 'lo_ns', '-90000', 'hi_ns', '90000', 'delay_ns', '180000', 'polls', 5400, 'replies', 5400,
        'refusals', '{}'::json, 'local_reference', false, 'timescale', 'utc')) from generate_series(1, 8) as s)
   from host`,
  // The bytes of a batch number are the same for all hosts: their size counts here, and making them all takes minutes.
  `insert into evidence (host_id, epoch, seq, received_at, hash, prev_hash, body, first_utc_ns, last_utc_ns)
   select h.id, 1, b, clock_timestamp(), sha256(''), sha256(''), body,
     utc_ns(now()) - (${BATCHES} + 1 - b) * 2880000000000, utc_ns(now()) - (${BATCHES} - b) * 2880000000000
   from generate_series(1, ${BATCHES}) as b
     cross join lateral (select string_agg(sha256(convert_to(r || '/' || b, 'utf8')), ''::bytea) as body from generate_series(1, 80) as r) as content
     cross join host h`,
];

/** An hour at a time: what notes the changed minutes holds all rows of a statement. */
const FILL_HOUR = `insert into host_minute (host_id, minute_ns, lo_ns, hi_ns, rows, status, marked)
  select h.id, $1::bigint - (60 * $2::bigint + m) * 60000000000, -(random() * 2e5)::bigint, (random() * 2e5)::bigint, 12, 'proven', false
  from generate_series(1, 60) as m cross join host h`;
const THIS_MINUTE = "select utc_ns(now()) / 60000000000 * 60000000000 as ns";

async function fill(client: pg.Client, log: (text: string) => void): Promise<void> {
  for (const [index, sql] of FILL.entries()) {
    log(`filling hosts and evidence, part ${index + 1} of ${FILL.length}`);
    await client.query(sql);
  }
  const ns = (await client.query<{ ns: string }>(THIS_MINUTE)).rows[0]?.ns;
  log("filling a day of minutes");
  for (let hour = 0; hour < MINUTES / 60; hour++) await client.query(FILL_HOUR, [ns, hour]);
  await client.query("vacuum analyze");
}

const ROUNDS = 15;

export const measureReads = (log: (text: string) => void): Promise<ReadsResult> =>
  withServer(log, async ({ databaseUrl, server }) => {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    client.on("error", (error) => log(error.message));
    await client.query("set statement_timeout = 0");
    await fill(client, log);
    log("waiting for the fleet's minutes");
    await until(
      "the fleet's minutes are made of the hosts'",
      async () => (await client.query("select from fleet_minute_change limit 1")).rowCount === 0,
    );
    await client.end();
    await until(
      "the server shows all hosts",
      async () => (await askJson<{ items: unknown[] }>(`${server.peopleUrl}/api/v1/hosts?limit=10000`)).items.length === HOSTS,
    );
    const fleetMs = await timed(() => wholeFleet(server.peopleUrl));
    const hostDayMs = await timed((round) =>
      askJson(`${server.peopleUrl}/api/v1/hosts/host-${17 + 600 * round}/series?from=now-24h&points=1440`),
    );
    const fleetDay = `${server.peopleUrl}/api/v1/fleet/series?from=now-24h&points=1440`;
    const fleetDayMs = (await fetch(fleetDay)).ok ? await timed(() => askJson(fleetDay)) : null;
    return { hosts: HOSTS, measurements: HOSTS * BATCHES * 100, minutes: HOSTS * MINUTES, fleetMs, hostDayMs, fleetDayMs };
  });

interface Page {
  readonly items: readonly unknown[];
  readonly next: string | null;
}

/** Page by page, as a client must. */
async function wholeFleet(url: string): Promise<void> {
  let [after, count] = ["", 0];
  for (;;) {
    const page = await askJson<Page>(`${url}/api/v1/hosts?limit=10000${after}`);
    count += page.items.length;
    if (page.next === null) break;
    after = `&after=${page.next}`;
  }
  if (count !== HOSTS) throw new Error(`Asked for the whole fleet, got ${count} of ${HOSTS} hosts`);
}

async function askJson<T>(url: string): Promise<T> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`Cannot read ${url}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

async function timed(ask: (round: number) => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    await ask(round);
    times.push(performance.now() - started);
  }
  return median(times);
}

const MOST_LOOKS = 6_000;

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (let look = 0; look < MOST_LOOKS; look++) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`Waited ${MOST_LOOKS / 10} s in vain until ${what}`);
}
