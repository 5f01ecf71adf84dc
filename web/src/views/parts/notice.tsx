import type { ComponentChildren, JSX } from "preact";

interface NoticeProps {
  readonly title: string;
  readonly tone?: "calm" | "trouble";
  /** It stands in a view that has its own title. */
  readonly isPart?: boolean;
  readonly children?: ComponentChildren;
}

/** A whole view's worth of "there is nothing to draw, and this is why". */
export const Notice = ({ title, tone = "calm", isPart = false, children }: NoticeProps): JSX.Element => (
  <section class={`notice notice-${tone}`} role={tone === "trouble" ? "alert" : "status"}>
    {isPart ? <h2>{title}</h2> : <h1>{title}</h1>}
    {children}
  </section>
);
