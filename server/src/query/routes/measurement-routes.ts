import {
  Advice,
  FleetSeries,
  HostDetail,
  HostEvent,
  HostList,
  IntervalAnswer,
  OrderAnswer,
  PairView,
  PeersCase,
  PeersView,
  Series,
  SOURCE_ORDERS,
  SourceDetail,
  SourceList,
  SpanList,
  StampAnswer,
  TargetList,
  TIERS,
} from "@truebound/wire";
import { STAMP_FORMATS } from "../../stamps/write-stamps.ts";
import { after, id, json, limit, type Parameter, query, type Route, someLimit } from "./route.ts";

const node = (name: string): Parameter => ({ ...id, name, description: "Id of a host or target of a mesh, or its name" });
const retired = query("retired", "1 = those that were retired too", { type: "integer", minimum: 0, maximum: 1, default: 0 });
const ofScope = query("scope", "Name of a scope: the error of its application widens the answer at both ends");
const eventList = {
  type: "object",
  required: ["items", "next"],
  properties: { items: { type: "array", items: HostEvent }, next: { type: ["string", "null"] } },
};

/** What was measured, and what follows of it for an instant, a range, a stamp or a pair of clocks. */
export const MEASUREMENT_ROUTES = [
  {
    operation: "listHosts",
    listener: "people",
    method: "get",
    path: "/api/v1/hosts",
    summary: "The fleet: hosts of which nothing is known first, then by worst error",
    parameters: [limit, after, query("q", "Part of the name, in any case"), retired],
    answer: json("A page of hosts", HostList),
  },
  {
    operation: "getHost",
    listener: "people",
    method: "get",
    path: "/api/v1/hosts/{id}",
    summary: "One host: its bound, what it rests on, its sources and latest events",
    parameters: [id],
    answer: json("The host", HostDetail),
  },
  {
    operation: "getInterval",
    listener: "people",
    method: "get",
    path: "/api/v1/hosts/{id}/interval",
    summary: "The bound on a host's offset at one instant, and what its clock showed then",
    parameters: [id, query("at", "RFC 3339 or now-6h; without it, the host's latest reading"), ofScope],
    answer: json("The bound; null where nothing is known", IntervalAnswer),
  },
  {
    operation: "getOrder",
    listener: "people",
    method: "get",
    path: "/api/v1/order",
    summary:
      "Which of two events came first, by what the clocks of their hosts showed then: before iff a.latest < b.earliest; undecidable where they overlap; unknown where a clock is not known to have shown its stamp",
    parameters: [
      query("a", "HOST@TIME: id or unique name of a host, and its own stamp, RFC 3339 or integer ns; HOST ends at the last @"),
      query("b", "As a"),
      ofScope,
    ],
    answer: json("The order, its margin, and when each clock can have shown its stamp", OrderAnswer),
  },
  {
    operation: "placeStamps",
    listener: "people",
    method: "post",
    path: "/api/v1/stamps",
    summary:
      "When each of many stamps was shown, UTC, and whether the clock was within a limit then: yes, no or not_provable. The answers come in the order of the rows; a bad row is answered by what is wrong with it",
    parameters: [
      query("scope", "Name of a scope: as it was in force then, its profile, its application error, and what it counts"),
      query("profile", "Instead of a scope: id of a profile that limits divergence from UTC"),
      query("limit", "Instead of these: the most that is allowed either way, such as 100us"),
      query("format", "Of the answer", { type: "string", enum: [...STAMP_FORMATS], default: "json" }),
    ],
    body: {
      type: "text/csv",
      schema: {
        type: "string",
        description: "host,timestamp,id in each line, at most 100,000; a header is optional; timestamps as in order",
      },
    },
    answer: json("What is known of each stamp; as CSV with the same names where that is asked for", StampAnswer),
  },
  {
    operation: "getSeries",
    listener: "people",
    method: "get",
    path: "/api/v1/hosts/{id}/series",
    summary: "The bound over a range: every reading up to two hours, minutes beyond; never narrower than what it stands for",
    parameters: [
      id,
      query("from", "RFC 3339 or now-6h (default now-1h)"),
      query("to", "RFC 3339 or now (default now)"),
      query("points", "At most so many points", { type: "integer", minimum: 1, maximum: 2000, default: 600 }),
    ],
    answer: json("The series; a point without a bound is a gap", Series),
  },
  {
    operation: "listSpans",
    listener: "people",
    method: "get",
    path: "/api/v1/hosts/{id}/spans",
    summary:
      "What the host's agent signed of its minutes, with keys and contexts, to be verified by hand: beside their batches first, then in the archive, then in the batches' place; each part in order of time. A page may be short, and one statement may come twice if it moved meanwhile",
    parameters: [
      id,
      query("from", "RFC 3339 or now-6h (default now-1h)"),
      query("to", "RFC 3339 or now (default now)"),
      query("limit", "Statements in a page", { type: "integer", minimum: 1, maximum: 1000, default: 200 }),
      after,
    ],
    answer: json("A page of statements that overlap the range", SpanList),
  },
  {
    operation: "getFleetSeries",
    listener: "people",
    method: "get",
    path: "/api/v1/fleet/series",
    summary:
      "How well the whole fleet was known, minute by minute, some three minutes behind: percentiles of worst error, and hosts by status",
    parameters: [
      query("from", "RFC 3339 or now-6h (default now-24h); at most 31 days before to"),
      query("to", "RFC 3339 or now (default now)"),
      query("points", "At most so many points", { type: "integer", minimum: 1, maximum: 2000, default: 600 }),
    ],
    answer: json(
      "The series; hosts that were not heard are counted as silent, and a minute in which no host belonged to the fleet has no point",
      FleetSeries,
    ),
  },
  {
    operation: "getAdvice",
    listener: "people",
    method: "get",
    path: "/api/v1/advice",
    summary:
      "What measured minutes say of two settings: how long to wait before a commit is told, and how far apart two clocks can be; minutes without a bound count as beyond every value",
    parameters: [
      query("host", "One host, by its id or name"),
      query("labels", "Instead: hosts that carry these, name=value joined by commas"),
      query("from", "RFC 3339 or now-6h (default now-7d); at most 92 days before to"),
      query("to", "RFC 3339 or now (default now)"),
    ],
    answer: json("The advice, and how many minutes it rests on; null = too many are unknown", Advice),
  },
  {
    operation: "listPeers",
    listener: "people",
    method: "get",
    path: "/api/v1/peers",
    summary: "The mesh: what hosts that measure each other prove together of all their clocks, and who contradicts whom",
    parameters: [query("domain", "Hosts and targets of this domain alone")],
    answer: json("The mesh as this server solved it last, at most some ten seconds ago", PeersView),
  },
  {
    operation: "getPeersCase",
    listener: "people",
    method: "get",
    path: "/api/v1/peers/case",
    summary: "The constraints that were solved last, as truebound explain peers reads them",
    parameters: [query("tier", "Which tier's", { type: "string", enum: [...TIERS], default: "guaranteed" })],
    answer: json("The graph; what several measurements say of two nodes is one edge", PeersCase),
  },
  {
    operation: "getPair",
    listener: "people",
    method: "get",
    path: "/api/v1/peers/{a}/{b}",
    summary: "How far one clock is ahead of another, and by which measurements that is known",
    parameters: [node("a"), node("b")],
    answer: json("Bounds on clock b less clock a; null where nothing is known", PairView),
  },
  {
    operation: "listEvents",
    listener: "people",
    method: "get",
    path: "/api/v1/hosts/{id}/events",
    summary: "What happened on a host, newest first",
    parameters: [id, query("from", "RFC 3339 or now-6h"), query("to", "RFC 3339 or now"), limit, after],
    answer: json("A page of events", eventList),
  },
  {
    operation: "listSources",
    listener: "people",
    method: "get",
    path: "/api/v1/sources",
    summary: "Every upstream that hosts use, as all of them together see it, and which of them are one vote",
    parameters: [
      someLimit,
      after,
      query("q", "Part of an address, a name, a refid or a verdict, in any case"),
      query("order", "How they are ordered", { type: "string", enum: [...SOURCE_ORDERS], default: "worst" }),
    ],
    answer: json("A page of sources", SourceList),
  },
  {
    operation: "getSource",
    listener: "people",
    method: "get",
    path: "/api/v1/sources/{id}",
    summary: "One upstream: what each host makes of it and why, and the chain that it follows",
    parameters: [{ ...id, description: "Address of the source, or a name by which a host knows it" }],
    answer: json("The source; at most 1,000 hosts, those that call it false first", SourceDetail),
  },
  {
    operation: "listTargets",
    listener: "people",
    method: "get",
    path: "/api/v1/targets",
    summary: "What hosts of a mesh measure beside themselves, by name",
    parameters: [],
    answer: json("All targets", TargetList),
  },
] as const satisfies readonly Route[];
