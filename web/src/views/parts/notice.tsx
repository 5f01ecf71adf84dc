import type { ComponentChildren, JSX } from "preact";

interface NoticeProps {
  readonly title: string;
  readonly tone?: "calm" | "trouble";
  readonly children?: ComponentChildren;
}

/** A whole view's worth of "there is nothing to draw, and this is why". */
export const Notice = ({ title, tone = "calm", children }: NoticeProps): JSX.Element => (
  <section class={`notice notice-${tone}`} role={tone === "trouble" ? "alert" : "status"}>
    <h1>{title}</h1>
    {children}
  </section>
);
