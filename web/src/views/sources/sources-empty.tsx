import type { JSX } from "preact";
import { Notice } from "../parts/notice.tsx";

export const SourcesEmpty = (): JSX.Element => (
  <Notice title="No source is known yet">
    <p>
      A source is whatever a host asks for the time: NTP servers, the sources of its chrony, a local reference. They appear here with a
      host's first report, within one probe interval (16 s by default).
    </p>
    <p>
      If hosts report and nothing appears, their agents found no source: name some in <code>TRUEBOUND_SOURCES</code> of the agent.
    </p>
  </Notice>
);
