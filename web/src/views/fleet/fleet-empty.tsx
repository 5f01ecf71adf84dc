import type { JSX } from "preact";
import { Notice } from "../parts/notice.tsx";

export const FleetEmpty = (): JSX.Element => (
  <Notice title="No hosts yet">
    <p>
      The server is ready. A host appears here by itself as soon as its agent has enrolled; its first bound follows within one probe
      interval (16 s by default).
    </p>
    <p>
      The agent that <code>npm start</code> runs on this machine enrols by itself within seconds. If it does not, look at the terminal where{" "}
      <code>npm start</code> runs: the agent says there what keeps it. To see a fleet with known faults: <code>npm start -- --demo</code>.
    </p>
  </Notice>
);
