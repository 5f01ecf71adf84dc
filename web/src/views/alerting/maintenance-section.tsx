import type { MaintenanceView } from "@truebound/wire";
import type { JSX } from "preact";
import { useTeller } from "../../api/open-incidents.ts";
import type { Request } from "../../api/use-request.ts";
import { quietWords } from "../../format/quiet-words.ts";
import { OriginMark } from "../parts/origin-mark.tsx";
import { PartSection } from "./part-section.tsx";

export const MaintenanceSection = ({ request }: { readonly request: Request<MaintenanceView[]> }): JSX.Element => (
  <PartSection
    id="maintenance"
    title="Maintenance windows"
    says={`${useTeller() === "prometheus" ? `times of work on these hosts: ${quietWords("prometheus")}` : "times at which nobody is told of these hosts"}; changed by truebound apply`}
    none="No maintenance window is set."
    request={request}
  >
    {(windows) => (
      <table class="sources maintenance">
        <thead>
          <tr>
            <th scope="col">Window</th>
            <th scope="col">When</th>
            <th scope="col">Hosts</th>
            <th scope="col">Why</th>
            <th scope="col">Origin</th>
          </tr>
        </thead>
        <tbody>
          {windows.map((window) => (
            <tr key={window.name}>
              <th scope="row" class="source-name">
                <span>{window.name}</span>
                {window.active && <span class="tag">in force now</span>}
              </th>
              <td data-name="when">{window.when}</td>
              <td data-name="hosts">{window.hosts}</td>
              <td data-name="why">{window.comment}</td>
              <td data-name="origin">
                <OriginMark origin={window.origin} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    )}
  </PartSection>
);
