import { blame, peerGraph } from "@truebound/time";
import { randomFleet, SHAPE } from "../peers/random-fleet.ts";
import { SeededRandom } from "../sim/random.ts";

/** Of fleets in which hosts lie by so much: what can be said of them. */
export interface NamedRow {
  readonly lieMs: number;
  readonly liars: number;
  /** All of them flagged; at least one only suspected, with others; nothing contradicts, or not because of all of them. */
  readonly flagged: number;
  readonly oneOfThese: number;
  readonly unseen: number;
  /** Fleets in which an honest host was flagged. */
  readonly wronged: number;
}

const HOSTS = 30;
const LIES_MS = [2, 3, 5, 7, 10, 50];

/** Hosts whose own bounds are up to 5 ms wide on either side; liars lie each by its own sign. */
export const howOftenNamed = (fleets: number): NamedRow[] =>
  [1, 2, 3].flatMap((liars) => LIES_MS.map((lieMs) => countOf(liars, lieMs, fleets)));

function countOf(liars: number, lieMs: number, fleets: number): NamedRow {
  const row = { lieMs, liars, flagged: 0, oneOfThese: 0, unseen: 0, wronged: 0 };
  for (let seed = 1; seed <= fleets; seed++) {
    const lies = Array.from({ length: liars }, (_, index) => ({ host: 3 + 7 * index, by: lieMs * 1e6 * (index % 2 === 0 ? 1 : -1) }));
    const names = lies.map(({ host }) => `h${host}`);
    const said = blame(peerGraph(randomFleet(new SeededRandom(seed), { ...SHAPE, hosts: HOSTS }, lies).edges));
    if (said.flagged.some((name) => !names.includes(name))) row.wronged += 1;
    if (names.every((name) => said.flagged.includes(name))) row.flagged += 1;
    else if (names.every((name) => said.suspects.includes(name))) row.oneOfThese += 1;
    else row.unseen += 1;
  }
  return row;
}
