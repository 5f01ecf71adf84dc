import type {
  ExemptionList,
  ExemptionRequest,
  ExemptionView,
  ExemptionWithdrawal,
  ProfileList,
  ReportJob,
  ReportRequestBody,
  ScopeList,
  WithdrawnView,
} from "@truebound/wire";
import type { Answer } from "./answer.ts";
import { getJson } from "./get-json.ts";
import { postJson } from "./post-json.ts";
import type { ServerClock } from "./server-clock.ts";

const API = "/api/v1";

/** What people declare; each list is whole. */
export interface Declared {
  readonly profiles: ProfileList;
  readonly scopes: ScopeList;
  readonly exemptions: ExemptionList;
}

export const loadDeclared = <K extends keyof Declared>(what: K, clock: ServerClock, signal: AbortSignal): Promise<Answer<Declared[K]>> =>
  getJson(`${API}/${what}`, clock, signal);

export const makeReport = (wish: ReportRequestBody, clock: ServerClock): Promise<Answer<ReportJob>> =>
  postJson(`${API}/reports`, wish, clock);
export const cancelReport = (id: string, clock: ServerClock): Promise<Answer<ReportJob>> =>
  postJson(`${API}/reports/${encodeURIComponent(id)}/cancel`, {}, clock);
export const addExemption = (wish: ExemptionRequest, clock: ServerClock): Promise<Answer<ExemptionView>> =>
  postJson(`${API}/exemptions`, wish, clock);
export const withdrawExemption = (id: string, why: ExemptionWithdrawal, clock: ServerClock): Promise<Answer<WithdrawnView>> =>
  postJson(`${API}/exemptions/${encodeURIComponent(id)}/withdraw`, why, clock);
