import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Cell, cellAt, type HeatLayout, heatLayout, stepFrom } from "./heat-layout.ts";
import { type HeatPicture, heatInks, paintHeat } from "./heat-paint.ts";
import { useColorScheme } from "./use-color-scheme.ts";
import { useWidth } from "./use-width.ts";

interface HeatMatrixProps {
  readonly picture: HeatPicture;
  /** What a cell says in full; the empty text while none is chosen. */
  readonly say: (cell: Cell | null) => string;
  readonly onOpen: (cell: Cell) => void;
  readonly label: string;
}

const isSame = (a: Cell | null, b: Cell | null): boolean => a?.row === b?.row && a?.column === b?.column;
/** Browsers send a click as a pointer's event too. */
const isTouch = (event: MouseEvent): boolean => event instanceof PointerEvent && event.pointerType === "touch";

const CHARACTER_PX = 7.2;
const MARK_ROOM_PX = 4;

/** All pairs as shades on one canvas. One cell is chosen by pointer or arrows, told in words below, and opened by click or Enter. */
export function HeatMatrix({ picture, say, onOpen, label }: HeatMatrixProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const longest = picture.rows.reduce((most, { name }) => Math.max(most, name.length), 0);
  const layout = heatLayout(picture.rows.length, useWidth(box, 360), longest * CHARACTER_PX + MARK_ROOM_PX);
  const canvas = usePainted(layout, picture);
  const [chosen, setChosen] = useState<Cell | null>(null);
  const point = (event: MouseEvent): Cell | null => cellAt(layout, event.offsetX, event.offsetY);
  const press = (event: KeyboardEvent): void => {
    const next =
      chosen === null && event.key.startsWith("Arrow") ? { row: 0, column: 0 } : chosen && stepFrom(chosen, event.key, layout.count);
    if (next === null) return;
    setChosen(next);
    event.preventDefault();
  };
  const choose = (next: Cell | null): void => setChosen((before) => (isSame(before, next) ? before : next));
  /** A key opens what is chosen, a click what it is on; a first tap only chooses, so that a finger can read before it opens. */
  const open = (event: MouseEvent): void => {
    const cell = event.detail === 0 ? chosen : point(event);
    if (cell === null) return;
    if (isTouch(event) && !isSame(cell, chosen)) choose(cell);
    else onOpen(cell);
  };
  return (
    <div class="heat" ref={box}>
      <button type="button" class="heat-canvas" aria-label={label} onKeyDown={press} onClick={open}>
        <canvas
          ref={canvas}
          title={say(chosen)}
          style={{ width: `${layout.size.width}px`, height: `${layout.size.height}px` }}
          onPointerMove={(event) => choose(point(event))}
          onPointerLeave={(event) => !isTouch(event) && choose(null)}
        />
        {chosen !== null && <Chosen layout={layout} cell={chosen} />}
      </button>
      <p class="heat-said" aria-live="polite">
        {say(chosen)}
      </p>
    </div>
  );
}

function Chosen({ layout, cell }: { readonly layout: HeatLayout; readonly cell: Cell }): JSX.Element {
  const place = { left: layout.left + cell.column * layout.cell, top: layout.top + cell.row * layout.cell };
  const size = `${layout.cell}px`;
  return <span class="heat-chosen" style={{ left: `${place.left}px`, top: `${place.top}px`, width: size, height: size }} />;
}

/** Painted anew when anything in it changes, as fine as the screen is. */
function usePainted(layout: HeatLayout, picture: HeatPicture) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const scheme = useColorScheme();
  const { width, height } = layout.size;
  useEffect(() => {
    const node = canvas.current;
    const pen = node?.getContext("2d");
    if (!node || !pen) return;
    const fine = window.devicePixelRatio;
    node.width = Math.round(width * fine);
    node.height = Math.round(height * fine);
    pen.setTransform(fine, 0, 0, fine, 0, 0);
    paintHeat(pen, layout, picture, heatInks(node));
  }, [picture, scheme, width, height, layout.cell]);
  return canvas;
}
