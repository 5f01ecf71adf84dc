import { createHash, randomUUID } from "node:crypto";
import { MeshDirectory } from "@truebound/server";
import pg from "pg";
import { type LoadJob, runLoadJob } from "../load/load-job.ts";
import { type Ground, withServer } from "./ingest.ts";
import { processorSeconds } from "./processor-time.ts";

/** What a report costs, of hosts that measure eight sources, and perhaps six peers as well. */
export interface ReportCost {
  readonly reportsPerSecond: number;
  /** µs of processor for one report. */
  readonly serverMicros: number;
  readonly postgresMicros: number;
  /** Of a report, and of one host in a second. */
  readonly bytes: number;
  readonly bytesPerSecond: number;
}

export interface MeshIngest {
  readonly without: ReportCost;
  readonly with: ReportCost;
  /** Rows of peer_edge, and how often they were written. */
  readonly edges: number;
}

const AGENTS = 300;
const EXCHANGES = 3;
const EVERY = 2;
const REPORT_S = EXCHANGES * EVERY;

/** The same reports with and without a mesh, one after the other, on a database and a server of its own. */
export const measureMeshIngest = (seconds: number, log: (text: string) => void): Promise<MeshIngest> =>
  withServer(log, async (ground) => {
    const client = new pg.Client({ connectionString: ground.databaseUrl });
    await client.connect();
    try {
      // The first load warms the server up, and is not counted.
      await loaded(ground, client, { seconds: seconds / 2, peers: null, prefix: "warm-", log });
      const without = await loaded(ground, client, { seconds, peers: null, prefix: "alone-", log });
      const meshed = await loaded(ground, client, { seconds, peers: 6, prefix: "meshed-", log });
      const { rows } = await client.query<{ edges: string }>("select count(*) as edges from peer_edge");
      return { without, with: meshed, edges: Number(rows[0]?.edges) };
    } finally {
      await client.end();
    }
  });

interface Load {
  readonly seconds: number;
  readonly peers: number | null;
  readonly prefix: string;
  readonly log: (text: string) => void;
}

async function loaded({ server, postmaster }: Ground, client: pg.Client, { seconds, peers, prefix, log }: Load): Promise<ReportCost> {
  const job: LoadJob = {
    url: server.agentsUrl,
    token: await server.token(AGENTS),
    agents: AGENTS,
    deliveries: Math.ceil((2_600 * seconds) / AGENTS),
    batches: 1,
    exchanges: EXCHANGES,
    every: EVERY,
    ...(peers === null ? {} : { peers }),
    fromS: 1_795_680_000,
    withLive: false,
    namePrefix: prefix,
    seed: 1,
    connections: 48,
    rate: null,
    secondsMax: seconds,
  };
  const spent = () => ({ server: processorSeconds(server.pid), postgres: processorSeconds(postmaster) });
  let before = spent();
  const result = await runLoadJob(job, () => {
    before = spent();
    log(`${prefix} begins`);
  });
  const after = spent();
  const { rows } = await client.query<{ bytes: number }>(
    "select avg(octet_length(body))::float8 as bytes from evidence e join host h on h.id = e.host_id where h.name like $1 || '%'",
    [prefix],
  );
  const bytes = Number(rows[0]?.bytes);
  return {
    reportsPerSecond: result.batches / result.seconds,
    serverMicros: ((after.server - before.server) / result.batches) * 1e6,
    postgresMicros: ((after.postgres - before.postgres) / result.batches) * 1e6,
    bytes,
    bytesPerSecond: bytes / REPORT_S,
  };
}

export interface DirectoryCost {
  /** ms of processor: where nothing changed, where a fifth has reported, where one came, and where all are drawn anew. */
  readonly unchanged: number;
  readonly reported: number;
  readonly came: number;
  readonly redrawn: number;
}

/** Four racks' worth of zones, a hundred targets. */
export function measureDirectory(count: number): DirectoryCost {
  const host = (index: number) => ({
    id: randomUUID(),
    name: `host-${index}`,
    labels: { rack: `r${index % 4}`, site: "eu" },
    state: "active" as const,
    address: `10.0.${index >> 8}.${index & 255}`,
    mesh: {
      assignment: null,
      ruler: index,
      answers: { address: null, port: 8126 },
      trouble: null,
      requests: { answered: 0, stranger: 0, not_a_request: 0, over_limit: 0, unsent: 0 },
      own: { lo_ns: "-1000", hi_ns: "1000", rests_on: ["address 192.0.2.1", "refid 1"] },
      peers: [],
    },
  });
  const rules = (draw: string) => [{ selector: {}, block: { mesh: { domain: "eu", port: 8126, spread_by: "rack", draw } }, version: 1 }];
  const directory = new MeshDirectory((text) => createHash("sha256").update(text).digest());
  const hosts = Array.from({ length: count }, (_, index) => host(index));
  const look = (some: readonly ReturnType<typeof host>[], draw: string) => processorMs(() => directory.look(some, rules(draw), []));
  look(hosts, "0");
  const unchanged = median([1, 2, 3, 4, 5].map(() => look(hosts, "0")));
  const reported = median(
    [0, 1, 2, 3, 4].map((part) =>
      look(
        hosts.map((one, index) => (index % 5 === part ? { ...one } : one)),
        "0",
      ),
    ),
  );
  const came = median([0, 1, 2, 3, 4].map((index) => look([...hosts, host(count + index)], "0")));
  return { unchanged, reported, came, redrawn: median([1, 2, 3, 4, 5].map((draw) => look(hosts, String(draw)))) };
}

function processorMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] as number;
