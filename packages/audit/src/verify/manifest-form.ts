import { isInstant, utcOf } from "../evidence/leap-table.ts";
import { isObject } from "./fields.ts";

/** Where a value is not of a form; null = it is. */
type Form = (value: unknown, at: string) => string | null;

const when =
  (holds: (value: unknown) => boolean): Form =>
  (value, at) =>
    holds(value) ? null : at;

const text = when((value) => typeof value === "string");
const like = (form: RegExp): Form => when((value) => typeof value === "string" && form.test(value));
const ns = like(/^(0|-?[1-9]\d{0,29})$/);
/** Nanoseconds from 0 on. */
const span = like(/^(0|[1-9]\d{0,29})$/);
const instant = when((value) => typeof value === "string" && isInstant(value));
const plainInstant = when((value) => typeof value === "string" && utcOf(value) !== null);
const flag = when((value) => typeof value === "boolean");
const count = when((value) => Number.isSafeInteger(value) && (value as number) >= 0);
const integer = when(Number.isSafeInteger);
const nullable =
  (form: Form): Form =>
  (value, at) =>
    value === null ? null : form(value, at);

function first(parts: Iterable<readonly [unknown, Form, string]>): string | null {
  for (const [value, form, at] of parts) {
    const odd = form(value, at);
    if (odd !== null) return odd;
  }
  return null;
}

const list =
  (form: Form): Form =>
  (value, at) =>
    Array.isArray(value) ? first(value.map((one, index) => [one, form, `${at}.${index}`])) : at;
const pair =
  (a: Form, b: Form): Form =>
  (value, at) =>
    Array.isArray(value) && value.length === 2 ? (a(value[0], `${at}.0`) ?? b(value[1], `${at}.1`)) : at;
const texts: Form = (value, at) => (isObject(value) ? first(Object.entries(value).map(([name, one]) => [one, text, `${at}.${name}`])) : at);
/** What else it says is for another release, or for the steps. */
const object =
  (members: Readonly<Record<string, Form>>, optional: Readonly<Record<string, Form>> = {}): Form =>
  (value, at) => {
    if (!isObject(value)) return at;
    const there = Object.entries(optional).filter(([name]) => Object.hasOwn(value, name));
    return first([...Object.entries(members), ...there].map(([name, form]) => [value[name], form, `${at}.${name}`]));
  };

const PLACE = object({ shard: text, index: count });
const HEAD = object({ shard: text, size: count, root: text, timestamp_ns: span });
const PREVIOUS = { id: text, sha256: text, head: HEAD };
const STRETCHES = list(pair(instant, instant));

const SCOPE = object(
  {
    name: text,
    profile: text,
    hosts: texts,
    calendar: nullable(text),
    service: nullable(text),
    activity: nullable(text),
    stamp_point: nullable(text),
    app_error_ns: span,
    horizon_ns: span,
    counts_unverified: flag,
    minimum_proven_ppm: nullable(integer),
  },
  { app_error_from: text },
);
const HOST = object({
  id: text,
  name: text,
  labels: texts,
  enrolled_at: text,
  retired_at: nullable(text),
  leaf: PLACE,
  keys: list(object({ public_key: text, leaf: PLACE })),
  chains: list(object({ epoch: count, first_seq: count, last_seq: count, lost: list(pair(count, count)), unreadable: count })),
});
const EXEMPTION = object(
  { id: text, host: nullable(text), scope: text, from: instant, to: instant, declared_at: instant },
  { withdrawn_at: instant, withdrawn_by: text, withdrawn_reason: text },
);
const TERMS = object({
  limit_ns: pair(ns, ns),
  app_error_ns: span,
  horizon_ns: span,
  drift_ppb: count,
  counts_unverified: flag,
  requires_traceability: flag,
  minimum_proven_ppm: nullable(integer),
});
const RESULT = object({
  host: nullable(text),
  name: text,
  scope: text,
  profile: text,
  terms: TERMS,
  schedule: STRETCHES,
  exemptions: list(EXEMPTION),
  findings: list(object({ kind: text, words: text })),
  documents: list(text),
  service: nullable(text),
  activity: nullable(text),
  stamp_point: nullable(text),
});
const INVENTORY = object({ missing: list(text), unlisted: list(text), listed: count }, { outside: list(text) });

/** What of it is true is for the steps, and so is what is recomputed. */
const MANIFEST = object(
  {
    id: text,
    created_at: instant,
    period: object({ from: plainInstant, to: plainInstant }),
    final: flag,
    demo: flag,
    issuer: object({ installation: text, key_id: text, public_key: text, software: text }),
    previous: nullable(object(PREVIOUS)),
    profiles: list(object({ profile: object({ id: text }), sha256: text })),
    scopes: list(SCOPE),
    inventory: nullable(INVENTORY),
    hosts: list(HOST),
    results: list(RESULT),
    results_sha256: text,
    chain_documents: list(object({ id: text, title: text, sha256: text, kind: text, hosts: count, valid_from: text })),
    assumptions: list(text),
    leap_table: list(pair(text, integer)),
    log: object({ head: HEAD, anchor_period_ns: nullable(span) }),
    limits: list(text),
  },
  { forecasts: list(object({ result: count })), chosen_hosts: list(text), previous_left: object({ ...PREVIOUS, key_id: text }) },
);

/** Where a manifest has not the form of one, such as "results.0.documents"; null = nowhere. */
export const misfitOf = (manifest: unknown): string | null => MANIFEST(manifest, "")?.slice(1) ?? null;
