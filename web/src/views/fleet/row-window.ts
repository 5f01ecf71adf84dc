import type { RefObject } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";

export interface RowWindow {
  readonly first: number;
  /** Not among them. */
  readonly last: number;
}

interface View {
  readonly count: number;
  readonly row_px: number;
  /** Of the first row, from the top of the screen. */
  readonly top_px: number;
  readonly height_px: number;
}

const BESIDE = 20;

/** The rows that are in sight, and some before and after them, so that keys and a quick finger find them there. */
export function rowsInView({ count, row_px, top_px, height_px }: View): RowWindow {
  const first = Math.min(count, Math.max(0, Math.floor(-top_px / row_px) - BESIDE));
  const last = Math.min(count, Math.max(first + Math.min(1, count - first), Math.ceil((height_px - top_px) / row_px) + BESIDE));
  return { first, last };
}

const ROW_OTHERWISE_PX = 74;

/** Follows the scrolling of the page. `isOn` false = all rows. */
export function useRowWindow(body: RefObject<HTMLElement | null>, count: number, isOn: boolean): RowWindow & { readonly row_px: number } {
  const [seen, setSeen] = useState({ first: 0, last: 2 * BESIDE, row_px: ROW_OTHERWISE_PX });
  useLayoutEffect(() => {
    if (!isOn) return;
    const look = (): void => {
      const node = body.current;
      if (node === null) return;
      const row_px = Number.parseFloat(getComputedStyle(node).getPropertyValue("--row")) || ROW_OTHERWISE_PX;
      const next = rowsInView({ count, row_px, top_px: node.getBoundingClientRect().top, height_px: window.innerHeight });
      setSeen((before) =>
        before.first === next.first && before.last === next.last && before.row_px === row_px ? before : { ...next, row_px },
      );
    };
    look();
    window.addEventListener("scroll", look, { passive: true });
    window.addEventListener("resize", look);
    return () => {
      window.removeEventListener("scroll", look);
      window.removeEventListener("resize", look);
    };
  }, [body, count, isOn]);
  return isOn ? { ...seen, last: Math.min(count, seen.last) } : { first: 0, last: count, row_px: 0 };
}
