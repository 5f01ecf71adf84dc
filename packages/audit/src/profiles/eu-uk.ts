import type { Figure, ProfileSource, UtcProfile } from "../profile.ts";
import { MS, S, US, unread, utc } from "./utc.ts";

/** One row of the annex, the same in each edition but for the granularity of the strict ones. */
interface Row {
  readonly id: string;
  readonly who: string;
  readonly limit: bigint;
  /** Absent = that of the edition for limits of 100 us. */
  readonly granularity?: bigint;
  readonly note: string;
}

const ANYBODY = "divergence from UTC of each clock that stamps reportable events";
const ROWS: readonly Row[] = [
  { id: "hft", who: "member: high-frequency algorithmic trading", limit: 100n * US, note: "Of a member's own systems" },
  {
    id: "nego",
    who: "member: negotiated transactions",
    limit: S,
    granularity: S,
    note: "Where the member concludes them on the venue",
  },
  { id: "other", who: "member: all other trading activity", limit: MS, granularity: MS, note: "What no other row names" },
  {
    id: "rfq",
    who: "member: request for quote that needs a human, or on a system without algorithmic trading",
    limit: S,
    granularity: S,
    note: "A system that answers without a human is another activity",
  },
  {
    id: "venue-derogation",
    who: "venue: voice trading, request for quote that needs a human, negotiated transactions",
    limit: S,
    granularity: S,
    note: "Derogation from the rows by gateway latency",
  },
  {
    id: "venue-fast",
    who: "venue: gateway-to-gateway latency of 1 ms or less",
    limit: 100n * US,
    note: "Latency is taken at its 99th percentile: an upgrade that crosses 1 ms changes the row",
  },
  {
    id: "venue-slow",
    who: "venue: gateway-to-gateway latency of more than 1 ms",
    limit: MS,
    granularity: MS,
    note: "Latency is taken at its 99th percentile: an upgrade that crosses 1 ms changes the row",
  },
  { id: "voice", who: "member: voice trading system", limit: S, granularity: S, note: "Of the system that records the orders" },
];

interface Edition {
  readonly prefix: string;
  readonly name: string;
  readonly strict: bigint;
  readonly source: ProfileSource;
  readonly given: Partial<UtcProfile>;
  readonly note: string;
  readonly unverified: readonly Figure[];
}

const edition = ({ prefix, name, strict, source, given, note, unverified }: Edition): UtcProfile[] =>
  ROWS.map((row) =>
    utc({
      id: `${prefix}-${row.id}`,
      title: `${name}, ${row.who}`,
      limit: row.limit,
      limit_on: ANYBODY,
      granularity_ns: row.granularity ?? strict,
      retention_years: 5,
      traceability: "required",
      source,
      note: `${row.note}. ${note}`,
      unverified,
      ...given,
    }),
  );

const RTS25 = "Delegated Regulation (EU) 2017/574 (RTS 25), annex, OJ L 87, 31.3.2017, p. 148";
const EU_2017: Edition = {
  prefix: "eu-2017-574",
  name: "EU RTS 25",
  strict: US,
  source: { text: RTS25, url: "https://eur-lex.europa.eu/eli/reg_del/2017/574/oj" },
  given: { jurisdiction: "EU", valid_from: "2018-01-03", valid_to: "2026-03-01", verified: true },
  note: "Repealed by 2025/1155 from 2026-03-02",
  unverified: unread("retention_years", "valid_from"),
};

const UK: Edition = {
  prefix: "uk-rts25",
  name: "UK RTS 25",
  strict: US,
  source: {
    text: "FCA Handbook, technical standards: Delegated Regulation 2017/574 (RTS 25), annex",
    url: "https://www.handbook.fca.org.uk/techstandards/MIFID-MIFIR/2017/reg_del_2017_574_oj/",
  },
  given: { jurisdiction: "UK", valid_from: "2021-01-01", verified: true },
  note: "That it goes on after 2025 was read elsewhere only: the FCA may amend it",
  unverified: unread("retention_years", "valid_from"),
};

const ANNEX_IV = "Draft: Annex IV has not been read in the Official Journal";
const EU_2025: Edition = {
  prefix: "eu-2025-1155",
  name: "EU 2025/1155",
  strict: 100n,
  source: {
    text: "Delegated Regulation (EU) 2025/1155, Annex IV, as two notes quote it",
    url: "https://eur-lex.europa.eu/eli/reg_del/2025/1155/oj",
  },
  given: { jurisdiction: "EU", valid_from: "2026-03-02", status: "draft" },
  note: `${ANNEX_IV}. Binds users of venues and systematic internalisers too`,
  unverified: unread("granularity_ns", "retention_years"),
};

/** In the articles themselves, which were read. */
const article = (id: string, who: string, number: number, note: string): UtcProfile =>
  utc({
    id: `eu-2025-1155-${id}`,
    title: `EU 2025/1155, ${who}`,
    limit: MS,
    limit_on: ANYBODY,
    granularity_ns: MS,
    retention_years: 5,
    // Article 16 names venues and their members, participants and users only.
    traceability: "expected",
    jurisdiction: "EU",
    valid_from: "2026-03-02",
    status: "draft",
    verified: true,
    source: {
      text: `Delegated Regulation (EU) 2025/1155, Article ${number}`,
      url: "https://eur-lex.europa.eu/eli/reg_del/2025/1155/oj",
    },
    note: `${note}. Draft with the other rows, until Annex IV has been read in the Official Journal`,
    unverified: unread("retention_years"),
  });

/** Article 12(2) says this row itself, so it was read. */
const ofArticle12 = (row: UtcProfile): UtcProfile => ({
  ...row,
  verified: true,
  unverified: unread("retention_years"),
  source: { ...row.source, text: "Delegated Regulation (EU) 2025/1155, Article 12(2)" },
});
const read12 = (row: UtcProfile): UtcProfile => (row.id === "eu-2025-1155-venue-derogation" ? ofArticle12(row) : row);

export const EU_UK: readonly UtcProfile[] = [
  ...edition(EU_2017),
  ...edition(EU_2025).map(read12),
  article("apa-ctp", "approved publication arrangements and consolidated tape providers", 15, "Of the systems that publish"),
  article("dpe", "designated publishing entities", 14, "One that is a systematic internaliser too follows Article 12"),
  ...edition(UK),
];
