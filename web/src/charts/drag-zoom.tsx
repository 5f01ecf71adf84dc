import type { ComponentChildren, JSX, TargetedPointerEvent } from "preact";
import { useState } from "preact/hooks";

interface DragZoomProps {
  /** The instant under a horizontal position inside the box, ms since the epoch. */
  readonly instantAt: (x_px: number) => number | null;
  readonly onZoom: (from_ms: number, to_ms: number) => void;
  readonly children: ComponentChildren;
}

interface Drag {
  readonly start_px: number;
  readonly now_px: number;
}

const SHORTEST_PX = 6;
const xOf = (event: TargetedPointerEvent<HTMLDivElement>): number => event.clientX - event.currentTarget.getBoundingClientRect().left;

/** Dragging across the box picks a stretch of time; a mere click does nothing, and a lost pointer lets go. */
export function DragZoom({ instantAt, onZoom, children }: DragZoomProps): JSX.Element {
  const [drag, setDrag] = useState<Drag | null>(null);
  const finish = (): void => {
    setDrag(null);
    if (drag === null || Math.abs(drag.now_px - drag.start_px) < SHORTEST_PX) return;
    const from_ms = instantAt(Math.min(drag.start_px, drag.now_px));
    const to_ms = instantAt(Math.max(drag.start_px, drag.now_px));
    if (from_ms !== null && to_ms !== null && to_ms - from_ms >= 1) onZoom(Math.floor(from_ms), Math.ceil(to_ms));
  };
  return (
    <div
      class="drag-zoom"
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        setDrag({ start_px: xOf(event), now_px: xOf(event) });
      }}
      onPointerMove={(event) => drag && setDrag({ ...drag, now_px: xOf(event) })}
      onPointerUp={finish}
      onPointerCancel={() => setDrag(null)}
    >
      {children}
      {drag && (
        <div
          class="drag-stretch"
          style={{ left: `${Math.min(drag.start_px, drag.now_px)}px`, width: `${Math.abs(drag.now_px - drag.start_px)}px` }}
        />
      )}
    </div>
  );
}
