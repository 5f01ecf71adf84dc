import type { JSX } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import { useWidth } from "../../../charts/use-width.ts";
import { laneEdges, WORST_FIRST } from "../../../charts/verdict-lane.ts";
import { LanePatterns, LaneSample } from "../../../charts/verdict-lane-picture.tsx";
import { countWords } from "../../../format/count-words.ts";
import { toMs } from "../../../format/instant.ts";
import { utcDays, utcTicks } from "../../../format/utc-ticks.ts";
import { useZone } from "../../parts/zone-context.ts";
import type { Manifest } from "../manifest.ts";
import { byHost, named } from "./by-host.ts";
import { HostLanes } from "./host-lanes.tsx";
import { verdictWord } from "./span-words.ts";

const PAGE = 20;
const FIRST_WIDTH = 720;
const TICK_PX = 110;

interface TimelineSectionProps {
  readonly manifest: Manifest;
  readonly search: string;
}

/** For each host, the worst first, a lane of verdicts over the period for each profile. Only lanes that are shown are computed. */
export function TimelineSection({ manifest, search }: TimelineSectionProps): JSX.Element | null {
  const { period, results } = manifest;
  const [shown, setShown] = useState(PAGE);
  const [words, setWords] = useState("");
  const axis = useRef<HTMLDivElement>(null);
  const width = Math.max(1, Math.floor(useWidth(axis, FIRST_WIDTH)));
  const hosts = useMemo(() => byHost(results), [results]);
  const edges = useMemo(() => laneEdges(period.from, period.to, width), [period.from, period.to, width]);
  const found = named(hosts, words);
  if (results.length === 0) return null;
  return (
    <section class="timeline" aria-labelledby="timeline-title">
      <LanePatterns />
      <div class="section-head">
        <h2 id="timeline-title">Verdicts over time, worst first</h2>
        <p>Point at a lane, or go along it with the arrow keys, for each stretch, its verdict and why.</p>
      </div>
      <Legend />
      {hosts.length > PAGE && <FindHost words={words} onSay={setWords} found={found.length} of={hosts.length} />}
      <div class="lane-axis" ref={axis}>
        <Ticks {...period} width={width} />
      </div>
      {found.slice(0, shown).map((host) => (
        <HostLanes key={host.key} host={host} edges={edges} search={search} />
      ))}
      {found.length === 0 && <p class="none">No host, profile or scope of this report has “{words}” in its name.</p>}
      {found.length > shown && (
        <button type="button" class="more" onClick={() => setShown(shown + PAGE)}>
          Show {Math.min(PAGE, found.length - shown)} more of {countWords(found.length - shown, "host")}
        </button>
      )}
    </section>
  );
}

interface FindHostProps {
  readonly words: string;
  readonly onSay: (words: string) => void;
  readonly found: number;
  readonly of: number;
}

const FindHost = ({ words, onSay, found, of }: FindHostProps): JSX.Element => (
  <p class="lane-find">
    <input
      type="search"
      class="search"
      value={words}
      placeholder="host, profile or scope"
      aria-label="Find a host by its name, profile or scope"
      autocomplete="off"
      spellcheck={false}
      onInput={(event) => onSay(event.currentTarget.value)}
    />
    <span class="muted" role="status">
      {found === of ? countWords(of, "host") : `${found} of ${countWords(of, "host")}`}
    </span>
  </p>
);

const Legend = (): JSX.Element => (
  <ul class="lane-legend" aria-label="What lanes draw">
    {WORST_FIRST.map((verdict) => (
      <li key={verdict}>
        <LaneSample what={verdict} /> {verdictWord(verdict)}
      </li>
    ))}
    <li>
      <i class="lane-key-closed" /> outside of the hours
    </li>
    <li>
      <i class="lane-key-exempt" /> exempt
    </li>
    <li class="muted">The worst in a pixel is drawn.</li>
  </ul>
);

interface TicksProps {
  readonly from: string;
  readonly to: string;
  readonly width: number;
}

function Ticks({ from, to, width }: TicksProps): JSX.Element {
  const zone = useZone();
  const [from_ms, to_ms] = [toMs(from), toMs(to)];
  const ticks = utcTicks(from_ms, to_ms, Math.max(2, Math.floor(width / TICK_PX)), zone);
  const share = (value: number): number => ((value - from_ms) / (to_ms - from_ms)) * 100;
  return (
    <>
      <p class="lane-days">{utcDays(from_ms, to_ms, zone)}</p>
      <div class="lane-ticks" aria-hidden="true">
        {ticks.map(({ value, label }) => (
          <span key={value} class={share(value) > 92 ? "lane-tick lane-tick-last" : "lane-tick"} style={{ left: `${share(value)}%` }}>
            {label}
          </span>
        ))}
      </div>
    </>
  );
}
