import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** The history entry of a list remembers from which row somebody left. */
const remember = (path: string): void => window.history.replaceState({ row: path }, "");

function remembered(): string | null {
  const state: unknown = window.history.state;
  return typeof state === "object" && state !== null && "row" in state && typeof state.row === "string" ? state.row : null;
}

const FRAMES = 20;

/** Who opened a row and goes back is at that row again, with the focus on it. `placeOf` = the row of a path, counted from 0; -1 = it is in none. */
export function useRowReturn(list: RefObject<HTMLElement | null>, placeOf: (path: string) => number, row_px: number): void {
  const finding = useRef(placeOf);
  finding.current = placeOf;
  const height = useRef(row_px);
  height.current = row_px;
  useEffect(() => {
    const node = list.current;
    if (node === null) return;
    const leave = (event: MouseEvent): void => {
      const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a.row-link") : null;
      if (link !== null) remember(link.pathname);
    };
    node.addEventListener("click", leave, true);
    const path = remembered();
    const place = path === null ? -1 : finding.current(path);
    if (path !== null && place >= 0) comeBack(node, path, () => place * height.current, FRAMES);
    return () => node.removeEventListener("click", leave, true);
  }, [list]);
}

/** `above_px` = the height of the rows before it, as far as it is known by then. */
function comeBack(list: HTMLElement, path: string, above_px: () => number, frames: number): void {
  const link = [...list.querySelectorAll<HTMLAnchorElement>("a.row-link")].find(({ pathname }) => pathname === path);
  if (link !== undefined) {
    link.focus({ preventScroll: true });
    link.closest("tr")?.scrollIntoView({ block: "center" });
    return;
  }
  const body = list.querySelector("tbody");
  if (body === null || frames === 0) return;
  const top_px = window.scrollY + body.getBoundingClientRect().top + above_px();
  window.scrollTo({ top: top_px - window.innerHeight / 2, behavior: "instant" });
  requestAnimationFrame(() => comeBack(list, path, above_px, frames - 1));
}
