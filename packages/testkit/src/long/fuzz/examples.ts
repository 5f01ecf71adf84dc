import { encodeFrame } from "@truebound/agent";
import { encode, type Packet } from "@truebound/ntp";
import { type Batch, DEFAULT_POLICY, packColumn, signatureInput } from "@truebound/wire";

/** Right answers, from which the cases are bent. */
export const AGENT_ID = "3f0f8a0e-0000-4000-8000-000000000001";
export const NONCES = { transmit: 0x1111_2222_3333_4444n, receive: 0x5555_6666_7777_8888n };
export const T2 = 0xed00_0000_1000_0000n;

const hex = (digits: string) => Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const ascii = (text: string) => new TextEncoder().encode(text);

const reply: Packet = {
  leap: 0,
  version: 4,
  mode: 4,
  stratum: 2,
  poll: 4,
  precision: -24,
  rootDelay: 656,
  rootDispersion: 131,
  refid: 0xc0000201,
  reference: T2 - (5n << 32n),
  origin: NONCES.transmit,
  receive: T2,
  transmit: T2 + 0x0010_0000n,
};
const field = (type: number, length: number) => {
  const bytes = new Uint8Array(length);
  new DataView(bytes.buffer).setUint32(0, (type << 16) | length);
  return bytes;
};
const withFields = (packet: Packet, ...fields: readonly Uint8Array[]) => Buffer.concat([encode(packet), ...fields]);

export const PACKETS: readonly Uint8Array[] = [
  // Captured from chronyd 4.3.
  hex("240200e700000000000000007f7f0101eeaed6187870eed11111222233334444eeaed619f9987eefeeaed619f9a64c34"),
  encode(reply),
  encode({ ...reply, origin: NONCES.receive, transmit: T2 - 50n }),
  encode({ ...reply, stratum: 0, refid: 0x52415445 }),
  encode({ ...reply, stratum: 0, refid: 0x44454e59 }),
  encode({ ...reply, leap: 3, stratum: 16 }),
  encode({ ...reply, mode: 3, origin: T2, receive: NONCES.receive, transmit: NONCES.transmit }),
  withFields(reply, field(0x0104, 36), field(0x0204, 104)),
  withFields(reply, field(0xf323, 28)),
];

const AT = 1_795_000_000_000_000_000n;
const at = (...offsets: readonly (number | null)[]) => packColumn(offsets.map((offset) => (offset === null ? null : AT + BigInt(offset))));
const spans = (...values: readonly (number | null)[]) => packColumn(values.map((value) => (value === null ? null : BigInt(value))));

const source = (id: string): Batch["sources"][number] => ({
  id,
  address: "192.0.2.1",
  origin: "declared",
  state: "agrees",
  stratum: 2,
  refid: 0xc0000207,
  leap: 0,
  lo_ns: "-1000",
  hi_ns: "1000",
  delay_ns: "2000",
  polls: 10,
  replies: 10,
  refusals: { timeout: 1, origin_mismatch: 3 },
  local_reference: false,
});

const peer = (id: string, kind: "agent" | "target") => ({
  id,
  kind,
  state: "agrees" as const,
  delay_ns: "120000",
  polls: 12,
  replies: 11,
  refusals: { timeout: 1 },
});

export const BATCH: Batch = {
  version: 2,
  agent: AGENT_ID,
  boot_id: "boot",
  software: "truebound-agent/0.1.0",
  sealed_boottime_ns: "5000000000",
  sealed_realtime_ns: AT.toString(),
  assumptions: {
    rho_ppb: 200_000,
    oscillator_ppb: null,
    drift_basis: "assumed",
    sigma_ppb: 2000,
    faults: 1,
    slew_ppm: 500,
    slew_basis: "chrony",
    stamp_mode: "kernel_interleaved",
  },
  trusting: [],
  policy_version: 3,
  sources: [source("a.example:123"), source("b.example:123"), source("[2001:db8::1]:123")],
  bounds: {
    raw_ns: spans(1_000_000_000, 2_000_000_000, 3_000_000_000),
    realtime_ns: at(1_000_000_000, 2_000_000_000, 3_000_000_000),
    boottime_ns: spans(1_000_000_000, 2_000_000_000, 3_000_000_000),
    status: ["unknown", "unverified", "proven"],
    reason: ["never_measured", "one_vote", null],
    lo_ns: spans(null, -5000, -4000),
    hi_ns: spans(null, 5000, 4000),
    since_lo_ns: spans(null, null, -5200),
    since_hi_ns: spans(null, null, 5200),
    tight_lo_ns: spans(null, null, -900),
    tight_hi_ns: spans(null, null, 800),
    throughout_lo_ns: spans(null, null, -5300),
    throughout_hi_ns: spans(null, null, 5300),
    gap_ns: spans(null, 1_000_000_000, 1_000_000_000),
    votes: [0, 1, 3],
    need: [1, 1, 2],
    agree: [[], [0], [0, 1, 2]],
  },
  terms: { path_ns: "1000", root_ns: "20", precision_ns: "120", stamp_ns: "50", drift_ns: "10", slew_ns: "500" },
  frequency: { oscillator: [-12_000, 3000], daemon_slew: [0, 10] },
  spans: {
    from_raw_ns: spans(1_000_000_000),
    from_realtime_ns: at(1_000_000_000),
    to_raw_ns: spans(3_000_000_000),
    to_realtime_ns: at(3_000_000_000),
    lo_ns: spans(-6000),
    hi_ns: spans(6000),
    readings: [3],
    status: ["proven"],
  },
  exchanges: {
    source: [0, 2],
    t1_raw_ns: spans(1_000_000_000, 1_500_000_000),
    t2_less_t1_ns: at(400_000, 400_000),
    t3_less_t2_ns: spans(10_000, 10_000),
    t4_less_t1_ns: spans(800_000, 800_000),
    root_delay_raw: [656, 0],
    root_dispersion_raw: [131, 7],
    precision_server: [-24, -20],
    precision_client: [-24, -24],
    cap_ns: spans(50, 51),
    slack_ns: [22_889, 0],
    stamp_mode: ["kernel_basic", "kernel_interleaved"],
    reply: ["basic", "interleaved"],
  },
  intervals: {
    source: [1],
    raw_ns: spans(1_750_000_000),
    lo_ns: at(399_000),
    hi_ns: at(401_000),
    document: ["a".repeat(64)],
  },
  events: [
    {
      kind: "clock_stepped",
      raw_ns: "2000000000",
      realtime_ns: AT.toString(),
      boottime_ns: "2000000000",
      source: null,
      detail: { by_ns: "250000000", kernel_notice: true, votes: 3, nothing: null },
    },
  ],
  mesh: {
    assignment: "d41d8cd9",
    ruler: 4_021_000_111,
    answers: { address: "192.0.2.7", port: 12_300 },
    trouble: null,
    requests: { answered: 40, stranger: 1, not_a_request: 0, over_limit: 2, unsent: 0 },
    own: { lo_ns: "-4500", hi_ns: "4400", rests_on: ["address 198.51.100.1", "refid 3325256705"] },
    peers: [peer("3f0f8a0e-0000-4000-8000-0000000000b1", "agent"), peer("3f0f8a0e-0000-4000-8000-0000000000c1", "target")],
    edges: {
      peer: [0, 1],
      raw_ns: spans(1_100_000_000, 1_600_000_000),
      ruler: [17, null],
      lo_ns: spans(-60_000, -70_000),
      hi_ns: spans(61_000, 71_000),
      tight_lo_ns: spans(-51_000, null),
      tight_hi_ns: spans(52_000, null),
      slope_min_ppb: [-3000, null],
      slope_max_ppb: [2500, null],
    },
    exchanges: {
      source: [0],
      t1_raw_ns: spans(1_000_000_000),
      t2_less_t1_ns: at(400_000),
      t3_less_t2_ns: spans(10_000),
      t4_less_t1_ns: spans(800_000),
      root_delay_raw: [0],
      root_dispersion_raw: [131],
      precision_server: [-24],
      precision_client: [-24],
      cap_ns: spans(50),
      slack_ns: [0],
      stamp_mode: ["kernel_interleaved"],
      reply: ["interleaved"],
    },
  },
};

export const POLICY = {
  ...DEFAULT_POLICY,
  mesh: { domain: "site-a", port: 12_300, spread_by: "rack" },
  version: 7,
  limit_ns: 100_000,
  calibrated_residual_ppb: 15_000,
  faults: 2,
  trusted: ["a.example"],
  authenticated: "required",
  sources: ["a.example:123", "[2001:db8::1]:1123 nts=required ke=4461"],
};

const text86 = `${"B".repeat(85)}A`;
const text43 = "A".repeat(43);

export const RECEIPT = {
  version: 1,
  verdict: "stored",
  seq: 4,
  epoch: 1,
  expected_seq: 5,
  chain_head: { epoch: 1, seq: 4, hash: "0".repeat(64) },
  epoch_begun: { epoch: 2, after_epoch: 1, after_seq: 9 },
  checkpointed_seq: 3,
  statement: { hash: "0".repeat(64), received_at_ns: AT.toString(), signature: text86 },
  server_time_ns: AT.toString(),
  server_uncertainty_ns: null,
  tls_pins: [text43],
  rotate_key: true,
  policy: POLICY,
  assignment: {
    version: "d41d8cd9",
    peers: [
      {
        id: "3f0f8a0e-0000-4000-8000-0000000000b1",
        name: "db-2",
        kind: "agent",
        address: "192.0.2.8",
        port: 12_300,
        rests_on: ["address 198.51.100.2"],
      },
    ],
    askers: ["192.0.2.9"],
  },
};
export const PROBLEM = {
  type: "about:blank",
  title: "Conflict",
  status: 409,
  detail: "The server wants another batch",
  code: "seq_gap",
  expected_seq: 3,
  chain_head: { epoch: 1, seq: 2, hash: "0".repeat(64) },
  errors: [{ pointer: "/bounds", detail: "has 3 rows where others have 4" }],
};
export const ENROL_REQUEST = {
  version: 1,
  token: text43,
  challenge: text43,
  public_key: text43,
  signature: "B".repeat(86),
  name: "host-1",
  labels: { site: "a", _x: "y" },
  boot_id: "boot",
  software: "truebound-agent/0.1.0",
};
export const ENROL_REPLY = {
  version: 1,
  agent: AGENT_ID,
  epoch: 1,
  genesis: "0".repeat(64),
  state: "active",
  receipt_key: text43,
  policy: POLICY,
  ephemeral: true,
  name: "host-1-2",
};
export const CHALLENGE = { challenge: text43, expires_in_s: 60 };

/** Headers of a signed batch, a line each. */
export const SIGNED_HEADERS: readonly string[] = [
  [
    "host: 127.0.0.1:8125",
    `truebound-agent: ${AGENT_ID}`,
    "truebound-epoch: 1",
    "truebound-seq: 42",
    `truebound-prev: ${"0".repeat(64)}`,
    `truebound-head: ${"1".repeat(64)}`,
    `truebound-sent: ${AGENT_ID} 5000000000`,
    `content-digest: sha-256=:${"A".repeat(43)}=:`,
    `signature-input: ${signatureInput(AGENT_ID)}`,
    `signature: truebound=:${"A".repeat(86)}==:`,
  ].join("\n"),
];

export const AGENT_ENVIRONMENT: readonly string[] = [
  [
    "TRUEBOUND_SERVER_URL=http://127.0.0.1:8125",
    "TRUEBOUND_TOKEN_FILE=/etc/truebound/token",
    "TRUEBOUND_HOST_NAME=host-1",
    "TRUEBOUND_LABELS=site=a,rack=7",
    "TRUEBOUND_SOURCES=ntp1.example.net,192.0.2.1:1123,[2001:db8::1]:123,2001:db8::2 nts=required ke=4461 pin=sha256/47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    "TRUEBOUND_PROBE_INTERVAL=16s",
    "TRUEBOUND_RHO_PPB=200000",
    "TRUEBOUND_FAULTS=1",
    "TRUEBOUND_AUTHENTICATED=required",
    "TRUEBOUND_DATA_DIR=/var/lib/truebound",
  ].join("\n"),
  "TRUEBOUND_AGENT_DATA_DIR=/tmp/x\nHOME=/root\nTRUEBOUND_SOURCES=[::1]:11123",
];
export const SERVER_ENVIRONMENT: readonly string[] = [
  [
    "TRUEBOUND_DATA_DIR=/var/lib/truebound",
    "TRUEBOUND_HTTP_PORT=8123",
    "TRUEBOUND_LISTEN=127.0.0.1:8125",
    "DATABASE_URL=postgres://user:password@db.example.net:5432/truebound",
    "XDG_STATE_HOME=/home/a/.local/state",
  ].join("\n"),
  "TRUEBOUND_LISTEN=[::1]:0",
];

export const NTP_CONF: readonly string[] = [
  "# by hand\npool 2.debian.pool.ntp.org iburst\nserver ntp1.example.net port 1123 iburst xleave\npeer 192.0.2.7\nserver 127.127.28.0\n!x\n",
  "driftfile /var/lib/ntpsec/ntp.drift\nserver  2001:db8::1 nts\nrestrict default kod limited\n; end",
];
export const CHRONY_CONF: readonly string[] = [
  "pool ntp.example.net iburst\nmaxslewrate 500.5\nmaxclockerror 1\ncorrtimeratio 3\nmakestep 1 3\nleapsectz right/UTC\nrtcsync\nbindcmdaddress /run/x\nport 0\ncmdport 323\n",
  "confdir /etc/chrony/conf.d\nsourcedir /run/chrony-dhcp\ninclude /etc/x.conf\n! maxslewrate 7\nleapsecmode slew\nsmoothtime 400 0.01 leaponly\n",
];
export const CHRONYC_SOURCES: readonly string[] = [
  "^,*,127.0.0.1,2,-2,377,0,0.000001515,0.000001634,0.000005296\n#,?,PHC0,0,2,377,3,0.000000001,0.000000001,0.000000025\n",
  "=,x,2001:DB8:0::1,4,10,17,600,-1.500000000,-1.500000000,2.000000000\n^,?,ID#0000000003,0,6,0,4294967295,0.000000000,0.000000000,0.000000000",
];
export const CHRONYC_TRACKING: readonly string[] = [
  "7F000001,127.0.0.1,3,1795456489.657266803,-0.000002090,0.000000119,0.000000926,0.182,0.049,0.651,0.000009002,0.000001646,0.3,Normal",
  "00000000,,0,0.000000000,0.000000000,0.000000000,0.000000000,0.000,0.000,0.000,1.000000000,1.000000000,0.0,Not synchronised",
];
/** A process a line: its name, then its arguments. */
export const PROCESSES: readonly string[] = [
  "chronyd /usr/sbin/chronyd -F 1 -f /tmp/c.conf",
  "ntpd ntpd -p /run/x -c y -g -N\nphc2sys phc2sys -s eth0 -w",
];
export const TIMESYNCD_CONF: readonly string[] = ["[Time]\nNTP=a.example b.example 192.0.2.1\n#NTP=\nFallbackNTP=ntp.example.net\n"];

export const TIMES: readonly string[] = [
  "2026-11-23T15:11:21.974983151Z",
  "2016-12-31T23:59:60Z",
  "1969-12-31t23:59:59.5+01:00",
  "0000-02-29T00:00:00-00:00",
  "9999-12-31T23:59:59.999999999Z",
  "now",
  "now-6h",
  "now-999999d",
];

/** With a hash of its own, so that bent rows are read and not only refused for it. */
export const LEAP_HASH = "a".repeat(40);
export const LEAP_LISTS: readonly string[] = [
  "#\tA list\n#$\t3992312697\n#@\t4023129600\n2272060800\t10\t# 1 Jan 1972\n2287785600\t11\t# 1 Jul 1972\n3692217600\t37\t# 1 Jan 2017\n#h aaaaaaaa aaaaaaaa aaaaaaaa aaaaaaaa aaaaaaaa\n",
];

export const CASES: readonly string[] = [
  JSON.stringify({
    rho_ppb: 50_000,
    sigma_ppb: 100.5,
    b_max_ppb: 200_000,
    oscillator_ppb: -3,
    faults: 1,
    at_ns: "160000000000",
    leaps: [{ utc_ns: "1483228800000000000", step: 1 }],
    sources: [
      {
        id: "a",
        vote: "x",
        trusted: true,
        timescale: "smear24",
        intervals: [
          { at_ns: 0, lo_ns: -800_000, hi_ns: 1_900_000 },
          { at_ns: 64_000_000_000, lo_ns: -1_500_000, hi_ns: 1_200_000 },
        ],
        constraints: [{ kind: "upper", at_ns: 0, value_ns: 300_000 }],
      },
      {
        id: "b",
        timescale: "unknown",
        exchanges: [
          {
            t1_ns: "10000000000",
            t2_ns: "10006000000",
            t3_ns: 10_006_100_000,
            t4_ns: "10012600000",
            root_delay_raw: 656,
            root_dispersion_raw: 131,
            precision_server: -20,
            precision_client: -23,
            cap_ns: 7,
            slack_ns: 22_889,
          },
        ],
      },
      { id: "c", intervals: [{ at_ns: 0, lo_ns: -1, hi_ns: "9007199254740993" }] },
    ],
  }),
];

export const AUDIT_LINES: readonly string[] = [
  'type=SYSCALL msg=audit(1795000000.123:2040): arch=c000003e syscall=227 success=yes exit=0 a0=0 a1=7ffd items=0 ppid=1 pid=4242 auid=4294967295 uid=0 comm="date" exe="/usr/bin/date" key="clock"',
  "type=TIME_INJOFFSET msg=audit(1795000000.123:2040): sec=-4 nsec=750000000",
  "type=TIME_ADJNTPVAL msg=audit(1795000000.124:2041): op=freq old=0 new=32768000",
  "node=host type=UNKNOWN[1332] msg=audit(1795000000.125:18446744073709551615): sec=1 nsec=0\x1dARCH=x86_64",
  "type=SYSCALL msg=audit(1795000000.126:5): arch=40000003 syscall=264 success=yes comm=6D792064617465 exe=(null) pid=-1 uid=x",
];

const vmclock = (sequence: number, flags: bigint) => {
  const page = new Uint8Array(112);
  const view = new DataView(page.buffer);
  view.setUint32(0, 0x4b4c4356, true);
  view.setUint32(4, 112, true);
  view.setUint16(8, 1, true);
  view.setUint32(12, sequence, true);
  view.setBigUint64(16, 77n, true);
  view.setBigUint64(24, flags, true);
  view.setBigUint64(104, 5n, true);
  return page;
};
export const VMCLOCK_PAGES: readonly Uint8Array[] = [vmclock(2, 0n), vmclock(4, 1n << 8n), vmclock(5, 0n)];

/** A control buffer of the kernel: SCM_TIMESTAMPING behind another message. */
export const CONTROL_BUFFERS: readonly Uint8Array[] = [[16, 64], [64], [24, 64, 40]].map((lengths) => {
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + ((length + 7) & ~7), 0));
  const view = new DataView(bytes.buffer);
  let place = 0;
  for (const length of lengths) {
    view.setBigUint64(place, BigInt(length), true);
    view.setInt32(place + 8, 1, true);
    view.setInt32(place + 12, length === 64 ? 37 : 29, true);
    if (length === 64) view.setBigInt64(place + 16, 1_795_000_000n, true);
    place += (length + 7) & ~7;
  }
  return bytes;
});
export const TIMEX: readonly Uint8Array[] = [new Uint8Array(208), Uint8Array.from({ length: 208 }, (_, index) => index)];

export const PROC_STAT: readonly string[] = ["cpu  74608 2520 24433 1117073 6176 4054 0 120 0 0\ncpu0 1 2 3 4\n", "cpu  1 2 3 4 5 6 7\n"];
export const PROCESS_STAT: readonly string[] = ["4242 (postgres: a (b) c) S 1 4242 4242 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 1 0 123456 0 0"];
export const PID_FILES: readonly string[] = ["4242\n/var/lib/x\n1795000000\n5432\n/tmp\nlocalhost\n  123 456\nready   \n"];
export const PASSWD: readonly string[] = ["root:x:0:0:root:/root:/bin/bash\npostgres:x:108:114:,,,:/var/lib/postgresql:/bin/bash\n#x\n"];

const sealed = (seq: number) => ({
  epoch: 1,
  seq,
  prev: "0".repeat(64),
  digest: `sha-256=:${"A".repeat(43)}=:`,
  hash: "f".repeat(64),
  body: ascii('{"version":1}'),
});
export const FRAMES: readonly Uint8Array[] = [
  encodeFrame(sealed(1)),
  Buffer.concat([1, 2, 3].map((seq) => encodeFrame(sealed(seq)))),
  new Uint8Array(0),
];

export const NETLINK: readonly Uint8Array[] = [
  Buffer.concat([
    new Uint8Array([80, 0, 0, 0, 0x34, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    ascii("audit(1795000000.123:2040): sec=-4 nsec=7\n"),
  ]),
];

export const CHECK_ARGUMENTS: readonly string[] = [
  "ntp1.example.net [::1]:123 --samples 4 --json --warn 1ms --crit 10ms --faults 1",
  "--help",
];
export const COMMANDS: readonly string[] = [
  "up --demo",
  "explain bound case.json",
  "explain bound -",
  "serve",
  "version",
  "token create --uses 2 --ttl 1h --label site=a --name db-* --ephemeral 6 --json",
  "hold add db-1 --from 2026-11-01T00:00:00Z --to 2026-12-01T00:00:00Z --reason x --who y",
  "host approve web-1",
  "rebuild --host db-1 --check",
  "migrate --distribute citus",
];
