import { parseUtc } from "@truebound/time";
import { nearest } from "@truebound/wire";
import { targetFault } from "../admin/target-requests.ts";
import { SHIPPED_RULES } from "../alert/shipped-rules.ts";
import { type Body, entryOf, type Field, noKey, readFields } from "./fields.ts";
import { cannot } from "./kinds.ts";
import type { FileProblem, Located, LocatedMap, Place } from "./located.ts";
import { Reading } from "./located.ts";
import { POLICY } from "./policy-fields.ts";
import { profileFields, readProfileBody } from "./profile-fields.ts";
import { RULE, readRule } from "./rule-fields.ts";
import { completeScope, doubtScope, findStrangeProfile, SCOPE, scopeFault } from "./scope-fields.ts";
import { CALENDAR, CHANNELS, GROUP, MAINTENANCE, SETTINGS, SILENCE, TARGET } from "./thing-fields.ts";

export const THING_KINDS = [
  "settings",
  "group",
  "calendar",
  "rule",
  "maintenance",
  "silence",
  "channel",
  "policy",
  "target",
  "profile",
  "scope",
] as const;
export type ThingKind = (typeof THING_KINDS)[number];

/** One thing that a file sets. Its key is unique among those of its kind. */
export interface Thing {
  readonly kind: ThingKind;
  readonly key: string;
  /** As it is kept, without its key. */
  readonly body: Body;
}

export interface ReadDocument {
  readonly things: readonly Thing[];
  readonly problems: readonly FileProblem[];
  /** What is taken and most likely not what was meant. */
  readonly warnings: readonly FileProblem[];
  /** Where each thing is set, by placeKey. */
  readonly places: ReadonlyMap<string, Place>;
}

export const placeKey = ({ kind, key }: Pick<Thing, "kind" | "key">): string => `${kind} ${key}`;

interface Section {
  readonly kind: ThingKind;
  /** As it is kept where its key is. */
  readonly keyed: string;
  readonly read: (node: LocatedMap, path: string, reading: Reading) => Body | undefined;
  /** Alone for the documentation and to say it again. */
  readonly fields: (body: Body) => readonly Field[];
}

const sound = (fields: readonly Field[], fault?: (body: Body) => string | null): Section["read"] => {
  return (node, path, reading) => {
    const before = reading.problems.length;
    const body = readFields(node, path, fields, reading);
    if (reading.problems.length > before) return undefined;
    const wrong = fault?.(body) ?? null;
    return wrong === null ? body : reading.tell(node.at, `Cannot take ${path}: ${wrong}`);
  };
};

export const SECTIONS: Readonly<Record<string, Section>> = {
  groups: { kind: "group", keyed: "name", read: sound(GROUP), fields: () => GROUP },
  calendars: { kind: "calendar", keyed: "name", read: sound(CALENDAR), fields: () => CALENDAR },
  rules: { kind: "rule", keyed: "name", read: readRule, fields: () => RULE },
  maintenance: { kind: "maintenance", keyed: "name", read: sound(MAINTENANCE, windowFault), fields: () => MAINTENANCE },
  silences: { kind: "silence", keyed: "name", read: sound(SILENCE, silenceFault), fields: () => SILENCE },
  channels: { kind: "channel", keyed: "name", read: readChannel, fields: ({ kind }) => channelFields(kind) },
  policies: { kind: "policy", keyed: "hosts", read: sound(POLICY, policyFault), fields: () => POLICY },
  targets: { kind: "target", keyed: "name", read: sound(TARGET, ({ address }) => targetFault(String(address))), fields: () => TARGET },
  profiles: { kind: "profile", keyed: "id", read: readProfileBody, fields: profileFields },
  scopes: { kind: "scope", keyed: "name", read: sound(SCOPE, scopeFault), fields: () => SCOPE },
};

export const sectionOf = (kind: ThingKind): [string, Section] | undefined =>
  Object.entries(SECTIONS).find(([, section]) => section.kind === kind);

/** By which keys a thing is said. */
export const fieldsOf = (kind: ThingKind, body: Body): readonly Field[] => sectionOf(kind)?.[1].fields(body) ?? SETTINGS;

const VERSION = 1;
const TOP = ["version", ...SETTINGS.map(({ key }) => key), ...Object.keys(SECTIONS)];

/** All that a file sets, and all that is wrong with it. `now` = null where nobody knows the time, so nothing is said to be past. */
export function readDocument(root: Located, now: bigint | null = null): ReadDocument {
  const reading = new Reading();
  if (root.kind !== "map")
    return {
      things: [],
      problems: [{ at: root.at, words: `The file must be a map of ${TOP.join(", ")}` }],
      warnings: [],
      places: new Map(),
    };
  readVersion(root, reading);
  for (const { name, at } of root.entries) if (!TOP.includes(name)) reading.tell(at, noKey(name, "the file", TOP));
  const things = [
    ...settingsOf(root, reading),
    ...Object.entries(SECTIONS).flatMap(([name, section]) => thingsOf(root, name, section, reading)),
  ];
  findStrangers(things, now, reading);
  doubtSilences(root, things, now, reading);
  return {
    things: things.map((thing) => completeScope(thing, things)),
    problems: reading.problems.toSorted(byPlace),
    warnings: reading.warnings.toSorted(byPlace),
    places: reading.places,
  };
}

const byPlace = (a: FileProblem, b: FileProblem): number => a.at.line - b.at.line || a.at.column - b.at.column;

/** A silence that keeps nothing quiet looks like one that does. */
function doubtSilences(root: LocatedMap, things: readonly Thing[], now: bigint | null, reading: Reading): void {
  const rules = [...SHIPPED_RULES.map(({ name }) => name), ...things.filter(({ kind }) => kind === "rule").map(({ key }) => key)];
  const silences = entryOf(root, "silences");
  for (const [index, silence] of (silences?.kind === "list" ? silences.items : []).entries()) {
    const path = `silences[${index}]`;
    const to = entryOf(silence, "to");
    const end = to?.kind === "scalar" ? parseUtc(to.text) : null;
    if (to !== undefined && end !== null && now !== null && end <= now)
      reading.warn(to.at, `${path} is wholly in the past and keeps nothing quiet`);
    const rule = entryOf(entryOf(silence, "matchers") ?? silence, "alertname");
    if (rule?.kind === "scalar" && !rules.includes(rule.text))
      reading.warn(
        rule.at,
        `${path} is for alerts of a rule ${JSON.stringify(rule.text)}, and neither this file nor Truebound has one; did you mean ${nearest(rule.text, rules)}?`,
      );
  }
}

function readVersion(root: LocatedMap, reading: Reading): void {
  const version = entryOf(root, "version");
  if (version === undefined) reading.tell(root.at, "Cannot take a file without version: write version: 1");
  else if (version.kind !== "scalar" || version.value !== VERSION)
    cannot(version, "version", `${VERSION}, the only one that there is`, reading);
}

function settingsOf(root: LocatedMap, reading: Reading): Thing[] {
  const named = { ...root, entries: root.entries.filter(({ name }) => SETTINGS.some(({ key }) => key === name)) };
  const body = readFields(named, "", SETTINGS, reading);
  const heartbeat = body.heartbeat as Body | undefined;
  if (heartbeat !== undefined && (heartbeat.url === undefined) === (heartbeat.url_file === undefined))
    reading.tell(entryOf(root, "heartbeat")?.at ?? root.at, "Cannot take heartbeat: write either url or url_file");
  return Object.keys(body).length === 0 ? [] : [{ kind: "settings", key: "", body }];
}

function thingsOf(root: LocatedMap, name: string, section: Section, reading: Reading): Thing[] {
  const node = entryOf(root, name);
  // An empty section is what is left when its last line was taken out.
  if (node === undefined || (node.kind === "scalar" && node.value === null)) return [];
  if (node.kind !== "list") {
    cannot(node, name, "a list, each item after a -", reading);
    return [];
  }
  const seen = new Map<string, Place>();
  return node.items.flatMap((item, index) => {
    const path = `${name}[${index}]`;
    const body = item.kind === "map" ? section.read(item, path, reading) : cannot(item, path, "a map", reading);
    if (body === undefined) return [];
    const { [section.keyed]: keyed, ...rest } = body;
    const key = section.kind === "policy" ? selectorKey((keyed as Body | undefined)?.labels as Body) : String(keyed);
    const first = seen.get(key);
    if (first !== undefined) reading.tell(item.at, `Cannot take ${path}: line ${first.line} sets the same already`);
    seen.set(key, item.at);
    reading.places.set(placeKey({ kind: section.kind, key }), item.at);
    return first === undefined ? [{ kind: section.kind, key, body: rest }] : [];
  });
}

/** The same text for the same labels, in whatever order they were written. */
export const selectorKey = (labels: Body | undefined): string =>
  JSON.stringify(Object.fromEntries(Object.entries(labels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))));

function findStrangers(things: readonly Thing[], now: bigint | null, reading: Reading): void {
  for (const reference of reading.references) {
    const { kind, name, at, path } = reference;
    if (kind === "profile") {
      findStrangeProfile(reference, things, now, reading);
      continue;
    }
    const names = things.filter((thing) => thing.kind === kind).map(({ key }) => key);
    if (names.includes(name)) continue;
    const hint = names.length === 0 ? `this file sets none` : `this file sets ${names.join(", ")}`;
    reading.tell(at, `Cannot take ${path} ${JSON.stringify(name)}: there is no ${kind} of this name; ${hint}`);
  }
  for (const thing of things) if (thing.kind === "scope") doubtScope(thing, things, reading);
}

const channelFields = (kind: unknown): readonly Field[] => CHANNELS[String(kind)] ?? (CHANNELS.webhook as readonly Field[]);

function readChannel(node: LocatedMap, path: string, reading: Reading): Body | undefined {
  const kind = entryOf(node, "kind");
  const known = kind?.kind === "scalar" && Object.hasOwn(CHANNELS, kind.text);
  if (known) return sound(channelFields(kind.text), channelFault)(node, path, reading);
  if (kind === undefined)
    return reading.tell(node.at, `Cannot take ${path} without kind: write one of ${Object.keys(CHANNELS).join(", ")}`);
  return CHANNELS.webhook?.find(({ key }) => key === "kind")?.kind.read(kind, `${path}.kind`, reading) as undefined;
}

function channelFault({ user, password_file }: Body): string | null {
  if (user !== undefined && password_file === undefined) return "user needs password_file, which holds the password";
  return password_file !== undefined && user === undefined ? "password_file needs user, who signs in with it" : null;
}

function windowFault({ once, weekly }: Body): string | null {
  if ((once === undefined) === (weekly === undefined)) return "write either once or weekly";
  return once === undefined || isBefore((once as Body).from, (once as Body).to) ? null : "once.to must be after once.from";
}

function silenceFault({ from, to }: Body): string | null {
  return from === undefined || isBefore(from, to) ? null : "to must be after from";
}

const isBefore = (from: unknown, to: unknown): boolean => (parseUtc(String(from)) ?? 0n) < (parseUtc(String(to)) ?? 0n);

function policyFault(body: Body): string | null {
  return Object.keys(body).length > 1 ? null : "it says nothing beside hosts";
}
