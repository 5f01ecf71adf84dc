import type { LogAnchorList, LogMonth, LogView } from "@truebound/wire";

const HEAD: NonNullable<LogView["head"]> = {
  number: 61_204,
  installation: "lon-1.clocks.example",
  shard: "2026-03",
  size: 184_320_771,
  root: "5f1d7a3c".repeat(8),
  timestamp_ns: "1772438400123456789",
  previous: "0a".repeat(32),
  public_key: "mN3kQ0ZbX7sTj4VwmN3kQ0ZbX7sTj4VwmN3kQ0ZbX7s",
  signature: "x".repeat(86),
};

const month = (shard: string, state: LogMonth["state"], first: number, last: number, leaves: number): LogMonth => ({
  shard,
  state,
  leaves,
  heads: { first, last },
  sealed_at: `${shard}-${state === "growing" ? "02T08:00:00.123456789" : "28T23:59:12.004000000"}Z`,
  tiles: { stored: state === "spent" ? 0 : Math.ceil(leaves / 256), needed: Math.ceil(leaves / 256) },
});

const SOUND: LogView = {
  as_of: "2026-03-02T08:00:30.000000000Z",
  head: HEAD,
  months: [
    month("2025-12", "spent", 8_000, 8_000, 120_441_002),
    month("2026-01", "over", 8_001, 52_640, 381_227_904),
    month("2026-02", "over", 52_641, 58_960, 402_118_333),
    month("2026-03", "growing", 58_961, 61_204, 184_320_771),
  ],
  waiting: { entries: 2, hosts: 412 },
  sequencing: { passed_seconds_ago: 24.5, trouble: null },
  stopped: [],
  differences: [],
  left_months: [],
  mismatches: [],
  scrub: {
    ended: { at: "2026-03-02T03:12:44.000000000Z", leaves: 967_667_008, seconds_ago: 17_266 },
    round: { began: "2026-03-02T03:12:44.000000000Z", leaves: 231_004_160 },
    overdue: false,
  },
  anchoring: { authority: "https://tsa.example/rfc3161", trouble: null },
};

const mismatch = (epoch: number, seq: number, why: string) => ({
  kind: "mismatch",
  host: "0198c0de-0000-7000-8000-000000000007",
  epoch,
  seq,
  why,
});
const [spent, january, ...rest] = SOUND.months as [LogMonth, LogMonth, ...LogMonth[]];

export const LOGS: Readonly<Record<string, LogView>> = {
  sound: SOUND,
  empty: {
    ...SOUND,
    head: null,
    months: [],
    waiting: { entries: 0, hosts: 0 },
    sequencing: { passed_seconds_ago: null, trouble: null },
    scrub: { ended: null, round: { began: SOUND.as_of, leaves: 0 }, overdue: false },
    anchoring: { authority: null, trouble: null },
  },
  stopped: {
    ...SOUND,
    months: [spent, { ...january, tiles: { ...january.tiles, stored: january.tiles.needed - 3 } }, ...rest],
    sequencing: {
      passed_seconds_ago: 4_120,
      trouble:
        "Shard 2026-03 has 184320770 leaves, and head 61204 signs 184320771; nothing more is signed: truebound log verify says what differs",
    },
    stopped: [
      {
        host: "a",
        name: "db-7.lon-1.example",
        since: "2026-03-02T07:41:00.000000000Z",
        epoch: 1,
        seq: 4711,
        entry: mismatch(1, 4711, "changed"),
      },
      {
        host: "b",
        name: "match-02.lon-1.example",
        since: "2026-03-02T07:44:00.000000000Z",
        epoch: 3,
        seq: 12,
        entry: mismatch(3, 12, "missing"),
      },
    ],
    differences: [
      { place: "shard 2026-02, leaf 812", host: "db-3.lon-1.example", words: "its hash is another one", found_at: SOUND.as_of },
    ],
    left_months: ["2026-02"],
    mismatches: [mismatch(1, 4711, "changed"), mismatch(3, 12, "missing"), mismatch(1, 3, "twice")],
    scrub: { ...SOUND.scrub, overdue: true },
    anchoring: { authority: "https://tsa.example/rfc3161", trouble: "https://tsa.example/rfc3161 gave no token: it answered 503" },
  },
};

export const ANCHORS: LogAnchorList = {
  items: [...Array(3).keys()].map((number) => ({
    id: String(30 - number),
    head: HEAD.number - 60 * number,
    shard: HEAD.shard,
    size: HEAD.size - 120_000 * number,
    authority: "https://tsa.example/rfc3161",
    asked_at: `2026-03-02T0${7 - number}:00:02.000000000Z`,
    granted_at: `2026-03-02T0${7 - number}:00:03.000000000Z`,
  })),
  next: null,
};
