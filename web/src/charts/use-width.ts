import type { RefObject } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";

/** The width of an element in CSS px, kept up to date; `first_px` until it is known. */
export function useWidth(element: RefObject<HTMLElement | null>, first_px: number): number {
  const [width_px, setWidth] = useState(first_px);
  useLayoutEffect(() => {
    const node = element.current;
    if (node === null) return;
    const observer = new ResizeObserver(() => setWidth(node.clientWidth));
    setWidth(node.clientWidth);
    observer.observe(node);
    return () => observer.disconnect();
  }, [element]);
  return width_px;
}
