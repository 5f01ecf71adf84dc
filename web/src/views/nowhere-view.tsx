import type { JSX } from "preact";
import { Link } from "../route/link.tsx";
import { Notice } from "./parts/notice.tsx";
import { useTitle } from "./parts/use-title.ts";

export function NowhereView({ path }: { readonly path: string }): JSX.Element {
  useTitle("No such page");
  return (
    <Notice title="There is no such page">
      <p>
        Nothing lives at <code>{path}</code>. <Link to="/">All hosts</Link> are on the fleet page.
      </p>
    </Notice>
  );
}
