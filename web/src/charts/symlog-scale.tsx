import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import type { SymlogAxis } from "./symlog.ts";
import { axisLabels } from "./symlog-labels.ts";
import { useWidth } from "./use-width.ts";

/** The labels over a column of intervals, as many as find room. */
export function SymlogScale({ axis }: { readonly axis: SymlogAxis }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const width_px = useWidth(box, 400);
  return (
    <div class="scale" ref={box}>
      <svg aria-hidden="true">
        {axisLabels(axis, width_px).map(({ value_ns, text, x, anchor }) => (
          <text key={value_ns} x={`${x}%`} y="13" text-anchor={anchor} class={value_ns === 0 ? "scale-zero" : "scale-label"}>
            {text}
          </text>
        ))}
      </svg>
    </div>
  );
}
