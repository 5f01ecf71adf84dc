import type { JSX } from "preact";
import { Notice } from "../parts/notice.tsx";

export const FleetEmpty = (): JSX.Element => (
  <Notice title="No hosts yet">
    <p>
      The server is ready. A host appears here by itself as soon as its agent has enrolled; its first bound follows within one probe
      interval (16 s by default).
    </p>
    <p>
      <code>npm start</code> enrols an agent for this machine. To enrol another: <code>truebound token create</code> here, then{" "}
      <code>truebound-agent enroll</code> there. To see a fleet with known faults: <code>npm start -- --demo</code>.
    </p>
  </Notice>
);
