import type { JSX } from "preact";
import { Notice } from "../parts/notice.tsx";

export const PeersEmpty = (): JSX.Element => (
  <Notice title="No host is in a mesh">
    <p>
      Hosts of a mesh measure each other, so that two clocks that cannot both be right give themselves away, and the difference of any two
      has a bound. Nothing is measured until a policy says so.
    </p>
    <p>
      Give the hosts that can reach each other a policy with <code>mesh</code>: a <code>domain</code> and the UDP <code>port</code> on which
      they answer. They appear here within a minute.
    </p>
  </Notice>
);
