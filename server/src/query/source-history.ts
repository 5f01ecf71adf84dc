import { formatUtc, type UtcInstant } from "@truebound/time";
import type { SourceHistory } from "@truebound/wire";
import { isRefusal, type Refusal, refuse } from "../refusal.ts";
import { type FalseSpell, falseSpells, type SourceChange } from "../source/false-spells.ts";
import type { FleetSources } from "../source/fleet-sources.ts";
import type { Sighting } from "../source/sighting.ts";
import { callsFalse } from "../source/source-verdict.ts";
import type { QueryStore } from "./ports.ts";
import { type Parameters, readRange } from "./questions.ts";
import { type SourcePorts, sourceNamed } from "./sources.ts";

/** A source as a host knows it. */
export interface UsedSource {
  readonly host: string;
  readonly source: string;
}

export interface HistoryStore extends Pick<QueryStore, "now"> {
  /** The newest of what these told between the two, `most` at most, in order. */
  changes(used: readonly UsedSource[], from: UtcInstant, to: UtcInstant, most: number): Promise<SourceChange[]>;
}

export interface HistoryPorts extends SourcePorts {
  readonly history: HistoryStore;
}

const HOSTS_MOST = 1000;
const CHANGES_MOST = 5000;
const SPELLS_MOST = 500;

/** Who called it false, and when: by what those told who use it now, or did when they were last heard. */
export async function askSourceHistory({ look, history }: HistoryPorts, parameters: Parameters): Promise<SourceHistory | Refusal> {
  const sources = look();
  const summary = sourceNamed(sources, parameters.id ?? "");
  if (summary === undefined) return refuse("not_found", "No host of the fleet uses a source with this address or name");
  const range = await readRange(history, parameters, "now-7d");
  if (isRefusal(range)) return range;
  const users = sightingsOf(sources, summary.id);
  const looked = users.slice(0, HOSTS_MOST);
  const used = looked.map(({ entry, source }) => ({ host: entry.record.id, source: source.id }));
  const changes = await history.changes(used, range.from, range.to, CHANGES_MOST);
  const spells = falseSpells(changes, summary.address);
  const names = new Map(looked.map(({ entry: { record } }) => [record.id, record.name]));
  return {
    from: formatUtc(range.from),
    to: formatUtc(range.to),
    items: spells.slice(0, SPELLS_MOST).map((spell) => viewSpell(spell, names)),
    is_cut: changes.length >= CHANGES_MOST || spells.length > SPELLS_MOST,
    left_out: users.length - looked.length,
  };
}

/** Those that call it false now first. */
const sightingsOf = ({ sightings }: FleetSources, id: string): readonly Sighting[] =>
  (sightings.get(id) ?? []).toSorted((a, b) => Number(callsFalse(b.source.state)) - Number(callsFalse(a.source.state)));

const viewSpell = (
  { host, source, state, began, ended, marked }: FalseSpell,
  names: ReadonlyMap<string, string>,
): SourceHistory["items"][number] => ({
  host,
  name: names.get(host) ?? host,
  source,
  state,
  began: began && formatUtc(began),
  ended: ended && formatUtc(ended),
  at_marked: marked,
});
