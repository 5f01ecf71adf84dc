import type { PairProfile, ProfileSource } from "../profile.ts";

const MS = 1_000_000n;
const S = 1000n * MS;

/** Defaults of software are in force for as long as nobody says since when: a cluster of an older version may have another. */
const UNDATED = "1970-01-01";

type Given = Pick<PairProfile, "id" | "title" | "limit_ns" | "limit_on" | "note"> &
  Partial<PairProfile> & { readonly source: ProfileSource };

const pair = (given: Given): PairProfile => ({
  kind: "pair",
  valid_from: UNDATED,
  valid_to: null,
  jurisdiction: null,
  verified: true,
  ...given,
});

/** Limits that software sets between the clocks of its nodes, by its defaults. */
export const PAIR_PROFILES: readonly PairProfile[] = [
  pair({
    id: "5g-tdd",
    title: "5G TDD: phase of cells that overlap",
    limit_ns: 3000n,
    limit_on: "difference between the frame starts of two base stations whose cells overlap, at their antennas",
    source: { text: "3GPP TS 38.133 clause 7.4, as notes on GNSS timing quote it: 3 us", url: null },
    verified: false,
    note: "What a host's clock shows is not yet what an antenna sends: the error between both is on top",
  }),
  pair({
    id: "cassandra",
    title: "Apache Cassandra: the last write wins",
    limit_ns: 10n * MS,
    limit_on: "difference between the clocks of any two nodes and clients that stamp writes",
    source: {
      text: "Pega, Clock skew across a Cassandra cluster: acceptable skew is 10 ms",
      url: "https://docs.pega.com/sites/default/files/help_v85/dsm/cassandra-operations/cassandra_troubleshooting_clock_skew-tsk.htm",
    },
    verified: false,
    note: "Advice of a vendor that builds on it; Cassandra itself sets no limit and notices nothing: a write with the older stamp is lost without a word",
  }),
  pair({
    id: "ceph-mon",
    title: "Ceph: clocks of the monitors",
    limit_ns: 50n * MS,
    limit_on: "difference between the clocks of two monitors",
    source: {
      text: "Red Hat Ceph Storage, Configuration Guide, clock: mon_clock_drift_allowed, default .050 s",
      url: "https://docs.redhat.com/ja/documentation/red_hat_ceph_storage/3/html/configuration_guide/_clock",
    },
    note: "Beyond it the cluster warns; read in the Japanese text, of version 3",
  }),
  pair({
    id: "cockroachdb",
    title: "CockroachDB: a node ends itself",
    limit_ns: 400n * MS,
    limit_on: "difference between the clocks of a node and of another",
    source: {
      text: "CockroachDB, Operational FAQs: 80 % of the maximum offset allowed (--max-offset, 500 ms by default)",
      url: "https://docs.cockroachlabs.com/docs/stable/operational-faqs",
    },
    note: "A node ends itself when its clock is so far from those of at least half of the others. One smear for the whole cluster, or none",
  }),
  pair({
    id: "couchbase-xdcr",
    title: "Couchbase XDCR: the later timestamp wins",
    limit_ns: 5n * S,
    limit_on: "by how much the clock of a source node is ahead of that of its target",
    source: {
      text: "Couchbase Server, Monitor Clock Drift: an alert above 5,000 ms",
      url: "https://docs.couchbase.com/server/current/xdcr/xdcr-monitor-timestamp-conflict-resolution.html",
    },
    note: "The target raises an alert and takes the mutation. Either of two may be the target, so the limit counts both ways",
  }),
  pair({
    id: "edb-pgd",
    title: "EDB Postgres Distributed: skew between nodes",
    limit_ns: 2n * S,
    limit_on: "difference between the clocks of two nodes",
    source: {
      text: "EDB Postgres Distributed, pgd show-clockskew: warning above 2 s, critical above 5 s",
      url: "https://www.enterprisedb.com/docs/pgd/4/cli/command_ref/pgd_show-clockskew/",
    },
    note: "Of the command line of version 4: above 2 s it warns, above 5 s it says critical",
  }),
  pair({
    id: "etcd",
    title: "etcd: clocks of the members",
    limit_ns: 1n * S,
    limit_on: "difference between the clocks of two members",
    source: {
      text: "etcd, issue 7051: rafthttp warns that the clock difference against a peer is too high [… > 1s]",
      url: "https://github.com/etcd-io/etcd/issues/7051",
    },
    note: "A warning, no more; by its developers there TTLs of the v2 store end too soon or too late",
  }),
  pair({
    id: "kafka-create-time",
    title: "Apache Kafka: a producer's stamp in the future",
    limit_ns: 3600n * S,
    limit_on: "by how much the clock of a producer is ahead of that of its broker",
    valid_from: "2025-03-18",
    source: {
      text: "MWS Cloud Platform, topic parameters: message.timestamp.after.max.ms, default 3600000; by KIP-1030 since Kafka 4.0",
      url: "https://mws.ru/docs/cloud-platform/queue/general/topic-parameters.html",
    },
    verified: false,
    note: "With CreateTime the broker refuses the record. Stamps of the past are taken; either of two may be the broker, so the limit counts both ways. Before 4.0 there was none by default",
  }),
  pair({
    id: "kerberos",
    title: "Kerberos: clockskew",
    limit_ns: 300n * S,
    limit_on: "difference between the clocks of a client or service and of the KDC",
    source: {
      text: "krb5.conf(5), clockskew: default 300 seconds (five minutes)",
      url: "https://man.netbsd.org/NetBSD-1.5.3/krb5.conf.5",
    },
    note: "Beyond it tickets are refused. Of Heimdal's manual; others have the same default",
  }),
  pair({
    id: "mongodb-cluster-time",
    title: "MongoDB: a cluster time in the future",
    limit_ns: 31_536_000n * S,
    limit_on: "by how much the cluster time is ahead of the clock of a node that takes it",
    source: {
      text: "MongoDB, SERVER-27721: maxAcceptableLogicalClockDrift, 365 days",
      url: "https://jira.mongodb.org/browse/SERVER-27721",
    },
    note: "Beyond it the node refuses the cluster time (ClusterTimeFailsRateLimiter). It stops nothing short of a clock that is a year off; there is no closer limit",
  }),
  pair({
    id: "totp",
    title: "TOTP: one time step",
    limit_ns: 30n * S,
    limit_on: "difference between the clocks of whoever makes a code and of whoever checks it",
    source: { text: "RFC 6238 section 6 and section 5.2: steps of 30 s by default", url: "https://www.rfc-editor.org/rfc/rfc6238" },
    verified: false,
    note: "A checker that takes two steps back takes codes of up to 89 s ago; more than one step off is luck",
  }),
  pair({
    id: "ws-security",
    title: "WS-Security: clock skew",
    limit_ns: 300n * S,
    limit_on: "difference between the clocks of sender and receiver of a message",
    source: {
      text: "Microsoft, LocalServiceSecuritySettings.MaxClockSkew: 5 minutes by default",
      url: "https://learn.microsoft.com/en-us/dotnet/api/system.servicemodel.channels.localservicesecuritysettings.maxclockskew",
    },
    note: "Beyond it a message is refused as one of the past or of the future; of WCF's bindings, others have defaults of their own",
  }),
  pair({
    id: "ydb",
    title: "YDB: clocks of the nodes, for speed",
    limit_ns: 5n * MS,
    limit_on: "difference between the clocks of two nodes",
    source: {
      text: "YDB, System clock drift: below 1 ms normal, above 5 ms critical",
      url: "https://ydb.tech/docs/en/troubleshooting/performance/system/system-clock-drift",
    },
    note: "Transactions wait for the slowest clock: their delay grows by about the difference",
  }),
  pair({
    id: "ydb-transactions",
    title: "YDB: distributed transactions stop",
    limit_ns: 30n * S,
    limit_on: "difference between the clocks of two nodes",
    source: {
      text: "YDB, System clock drift: beyond 30 s distributed transactions are refused",
      url: "https://ydb.tech/docs/en/troubleshooting/performance/system/system-clock-drift",
    },
    note: "The time in which a transaction must be planned",
  }),
  pair({
    id: "yugabytedb",
    title: "YugabyteDB: a server ends itself",
    limit_ns: 500n * MS,
    limit_on: "difference between the clocks of two servers",
    source: {
      text: "YugabyteDB, System configuration: --max_clock_skew_usec, 500 ms by default",
      url: "https://docs.yugabyte.com/stable/deploy/manual-deployment/system-config",
    },
    note: "A YB-TServer or YB-Master shuts down when it sees a larger one",
  }),
];
