import type { JSX } from "preact";
import { Notice } from "./notice.tsx";

/** As high as the screen, so that nothing in sight moves when the answer comes. */
export const Loading = ({ title, isPart = false }: { readonly title: string; readonly isPart?: boolean }): JSX.Element => (
  <div class="loading">
    <Notice title={title} isPart={isPart} />
  </div>
);
