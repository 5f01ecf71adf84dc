import type { JSX } from "preact";
import { Link } from "../../route/link.tsx";
import { lastingQuery } from "../../route/query.ts";
import { LivePill } from "./live-pill.tsx";

export const Header = ({ search }: { readonly search: string }): JSX.Element => (
  <header class="top">
    <Link to={`/${lastingQuery(search)}`} class="brand">
      <svg viewBox="0 0 32 32" aria-hidden="true">
        <path d="M4 7v18M28 7v18M4 16h24" />
        <circle cx="16" cy="16" r="5.5" />
      </svg>
      Truebound
    </Link>
    <LivePill />
  </header>
);
