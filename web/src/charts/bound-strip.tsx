import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { boundText } from "../format/bound.ts";
import type { Look } from "../format/status-look.ts";
import { moved, type Ranks, type StripHost, type StripRow, stripRows, zoomed } from "./strip-layout.ts";
import { paintStrip, stripInks } from "./strip-paint.ts";
import type { SymlogAxis } from "./symlog.ts";
import { SymlogScale } from "./symlog-scale.tsx";
import { useColorScheme } from "./use-color-scheme.ts";
import { useWidth } from "./use-width.ts";

const HEIGHT_PX = 180;
const ROW_MOST_PX = 16;
const DRAG_LEAST_PX = 4;

interface BoundStripProps {
  readonly hosts: readonly StripHost[];
  readonly axis: SymlogAxis;
  readonly ranks: Ranks;
  readonly onZoom: (ranks: Ranks) => void;
  readonly onOpen: (host: StripHost) => void;
}

/**
 * Every host an interval around zero, the worst on top, on one canvas. Where there are more hosts than pixels a row stands for
 * several. One row is chosen by pointer or arrows and told in words; a click or Enter opens its host, or comes nearer to its hosts.
 */
export function BoundStrip({ hosts, axis, ranks, onZoom, onOpen }: BoundStripProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box, 360);
  const height = Math.min(HEIGHT_PX, (ranks.to - ranks.from) * ROW_MOST_PX);
  const rows = stripRows(hosts, ranks, height);
  const canvas = usePaintedStrip({ width, height }, axis, rows);
  const [chosen, setChosen] = useState<number | null>(null);
  const pressed = useRef<number | null>(null);
  const rowAt = (y: number): number => Math.max(0, Math.min(rows.length - 1, Math.floor((y / height) * rows.length)));
  const row = chosen === null ? null : (rows[chosen] ?? null);
  const open = (one: StripRow | null): void => {
    const only = one !== null && one.to - one.from === 1 ? hosts[one.from] : undefined;
    if (only !== undefined) onOpen(only);
    else if (one !== null) onZoom({ from: one.from, to: one.to });
  };
  const release = (y: number): void => {
    const [start, end] = [pressed.current, y];
    pressed.current = null;
    if (start === null || Math.abs(start - end) < DRAG_LEAST_PX) return open(rows[rowAt(end)] ?? null);
    const [first, last] = [rows[rowAt(Math.min(start, end))], rows[rowAt(Math.max(start, end))]];
    if (first !== undefined && last !== undefined) onZoom({ from: first.from, to: last.to });
  };
  const zoom = (factor: number): void => onZoom(zoomed(ranks, hosts.length, row === null ? (ranks.from + ranks.to) / 2 : row.from, factor));
  const keys: Readonly<Record<string, () => void>> = {
    ArrowDown: () => setChosen(chosen === null ? 0 : Math.min(rows.length - 1, chosen + 1)),
    ArrowUp: () => setChosen(chosen === null ? 0 : Math.max(0, chosen - 1)),
    PageDown: () => onZoom(moved(ranks, hosts.length, ranks.to - ranks.from)),
    PageUp: () => onZoom(moved(ranks, hosts.length, ranks.from - ranks.to)),
    "+": () => zoom(0.5),
    "-": () => zoom(2),
    "0": () => onZoom({ from: 0, to: hosts.length }),
    Enter: () => open(row),
  };
  const press = (event: KeyboardEvent): void => {
    const act = keys[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  };
  // A page is scrolled by the wheel; who holds Ctrl means this picture.
  const wheel = (event: WheelEvent): void => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    onZoom(zoomed(ranks, hosts.length, rows[rowAt(event.offsetY)]?.from ?? ranks.from, event.deltaY < 0 ? 0.5 : 2));
  };
  const said = row === null ? "" : rowWords(hosts, row);
  return (
    <div class="strip">
      <SymlogScale axis={axis} />
      <div ref={box}>
        <button
          type="button"
          class="strip-canvas"
          aria-label="Bounds of all hosts, the worst first"
          aria-describedby="strip-keys"
          onKeyDown={press}
        >
          <canvas
            ref={canvas}
            style={{ width: `${width}px`, height: `${height}px` }}
            onPointerDown={(event) => {
              pressed.current = event.offsetY;
            }}
            onPointerUp={(event) => release(event.offsetY)}
            onPointerMove={(event) => setChosen(rowAt(event.offsetY))}
            onPointerLeave={() => setChosen(null)}
            onWheel={wheel}
          />
          {chosen !== null && rows.length > 0 && (
            <span class="strip-chosen" style={{ top: `${(Math.min(chosen, rows.length - 1) * height) / rows.length}px` }} />
          )}
        </button>
      </div>
      <p class="strip-said" aria-live="polite">
        {said === "" ? (
          <span id="strip-keys" class="muted">
            Click or <kbd>Enter</kbd> opens, drag or <kbd>+</kbd> <kbd>-</kbd> <kbd>0</kbd> zooms, arrows choose. The list below says the
            same in words.
          </span>
        ) : (
          said
        )}
      </p>
    </div>
  );
}

const LOOK_WORDS: Readonly<Record<Look, string>> = {
  proven: "proven",
  "proven-off": "proved to be off UTC",
  holdover: "holdover",
  unverified: "unverified",
  conflict: "in conflict",
  unknown: "unknown",
  silent: "silent",
};

const exactText = (lo_ns: number, hi_ns: number): string =>
  boundText({ lo_ns: String(Math.round(lo_ns)), hi_ns: String(Math.round(hi_ns)) });

function rowWords(hosts: readonly StripHost[], { from, to, lo_ns, hi_ns, look }: StripRow): string {
  const state = LOOK_WORDS[look];
  const first = hosts[from]?.name ?? "";
  if (to - from === 1) return `${first}: ${exactText(lo_ns, hi_ns)}, ${state}`;
  return `${to - from} hosts, ${first} the worst: ${exactText(lo_ns, hi_ns)} together, at worst ${state}`;
}

/** Painted anew when anything in it changes, as fine as the screen is. */
function usePaintedStrip(size: { readonly width: number; readonly height: number }, axis: SymlogAxis, rows: readonly StripRow[]) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const scheme = useColorScheme();
  const { width, height } = size;
  useEffect(() => {
    const node = canvas.current;
    const pen = node?.getContext("2d");
    if (!node || !pen) return;
    const fine = window.devicePixelRatio;
    node.width = Math.round(width * fine);
    node.height = Math.round(height * fine);
    pen.setTransform(fine, 0, 0, fine, 0, 0);
    paintStrip(pen, { width, height }, axis, rows, stripInks(node));
  }, [rows, axis, scheme, width, height]);
  return canvas;
}
