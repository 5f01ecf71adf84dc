import type { Cause } from "@truebound/wire";
import { hostOfCause } from "../format/cause-words.ts";
import { type AdminTab, adminTabOf } from "./admin-place.ts";
import { type AuditTab, auditTabOf } from "./audit-place.ts";

/** Which view an address names. */
export type Place =
  | { readonly view: "fleet" }
  | { readonly view: "host"; readonly id: string }
  | { readonly view: "sources" }
  | { readonly view: "source"; readonly id: string }
  | { readonly view: "peers" }
  | { readonly view: "pair"; readonly a: string; readonly b: string }
  | { readonly view: "incidents" }
  | { readonly view: "incident"; readonly id: string }
  | { readonly view: "alerting" }
  | { readonly view: "audit"; readonly tab: AuditTab }
  | { readonly view: "report"; readonly id: string }
  | { readonly view: "admin"; readonly tab: AdminTab }
  | { readonly view: "reference"; readonly operation: string | null }
  | { readonly view: "nowhere"; readonly path: string };

const HOST = /^\/hosts\/([^/]+)\/?$/;
const SOURCES = /^\/sources\/?$/;
const SOURCE = /^\/sources\/([^/]+)\/?$/;
const PEERS = /^\/peers\/?$/;
const PAIR = /^\/peers\/([^/]+)\/([^/]+)\/?$/;
const INCIDENTS = /^\/incidents\/?$/;
const INCIDENT = /^\/incidents\/([^/]+)\/?$/;
const ALERTING = /^\/alerting\/?$/;
const REFERENCE = /^\/reference(?:\/([^/]+))?\/?$/;
const REPORTS = /^\/reports\/?$/;
const REPORT = /^\/reports\/([^/]+)\/?$/;

export function placeOf(path: string): Place {
  if (path === "/" || path === "") return { view: "fleet" };
  if (SOURCES.test(path)) return { view: "sources" };
  if (PEERS.test(path)) return { view: "peers" };
  if (INCIDENTS.test(path)) return { view: "incidents" };
  if (ALERTING.test(path)) return { view: "alerting" };
  if (REPORTS.test(path)) return { view: "audit", tab: "reports" };
  const reference = REFERENCE.exec(path);
  if (reference !== null) return { view: "reference", operation: reference[1] === undefined ? null : decode(reference[1]) };
  const tab = adminTabOf(path);
  if (tab !== null) return { view: "admin", tab };
  const audit = auditTabOf(path);
  if (audit !== null) return { view: "audit", tab: audit };
  const [, a, b] = PAIR.exec(path) ?? [];
  if (a !== undefined && b !== undefined) return { view: "pair", a: decode(a), b: decode(b) };
  const source = SOURCE.exec(path)?.[1];
  if (source !== undefined) return { view: "source", id: decode(source) };
  const incident = INCIDENT.exec(path)?.[1];
  if (incident !== undefined) return { view: "incident", id: decode(incident) };
  const report = REPORT.exec(path)?.[1];
  if (report !== undefined) return { view: "report", id: decode(report) };
  const id = HOST.exec(path)?.[1];
  return id === undefined ? { view: "nowhere", path } : { view: "host", id: decode(id) };
}

/** A stray percent sign is no reason to show nothing. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export const hostPath = (id: string): string => `/hosts/${encodeURIComponent(id)}`;
export const SOURCES_PATH = "/sources";
export const sourcePath = (id: string): string => `${SOURCES_PATH}/${encodeURIComponent(id)}`;
export const PEERS_PATH = "/peers";
export const pairPath = (a: string, b: string): string => `${PEERS_PATH}/${encodeURIComponent(a)}/${encodeURIComponent(b)}`;
export const INCIDENTS_PATH = "/incidents";
export const incidentPath = (id: string): string => `${INCIDENTS_PATH}/${encodeURIComponent(id)}`;
/** The page of what an incident is about; null = it has none. A source is known there by its address. */
export function causePath(cause: Pick<Cause, "kind" | "key" | "name">): string | null {
  const host = hostOfCause(cause);
  if (host !== null) return hostPath(host);
  if (cause.kind === "source") return sourcePath(cause.name);
  return cause.kind === "mesh" ? PEERS_PATH : null;
}
export const ALERTING_PATH = "/alerting";
export const REPORTS_PATH = "/reports";
export const reportPath = (id: string): string => `${REPORTS_PATH}/${encodeURIComponent(id)}`;
export const REFERENCE_PATH = "/reference";
export const referencePath = (operation: string): string => `${REFERENCE_PATH}/${encodeURIComponent(operation)}`;
