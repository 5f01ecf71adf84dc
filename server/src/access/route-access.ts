import type { ROUTES } from "../query/routes.ts";
import type { Permission } from "./grants.ts";

export type PeopleOperation = Extract<(typeof ROUTES)[number], { listener: "people" }>["operation"];

/** Over whom a permission is needed. */
export type Over =
  /** All hosts: only a grant without labels will do. */
  | "fleet"
  /** Those that these parameters name, each of them. */
  | { readonly hosts: readonly string[] }
  /** One host at least; what is answered is of those alone that the asker may see. */
  | "seen";

export interface RouteAccess {
  /** `anyone` = without signing in; `self` = whoever has. */
  readonly needs: Permission | "anyone" | "self";
  readonly over: Over;
  /** It is written down who did it, before it is done. */
  readonly changes: boolean;
  /** The name of whoever asks stands in this field of the body, whatever it says. */
  readonly signs?: "who";
}

const anyone: RouteAccess = { needs: "anyone", over: "seen", changes: false };
const seeing: RouteAccess = { needs: "see", over: "fleet", changes: false };
const seen: RouteAccess = { needs: "see", over: "seen", changes: false };
const seeingHost = (...hosts: string[]): RouteAccess => ({ needs: "see", over: { hosts }, changes: false });
const operating: RouteAccess = { needs: "operate", over: "fleet", changes: true };
const auditing: RouteAccess = { needs: "audit", over: "fleet", changes: true };
const administering: RouteAccess = { needs: "administer", over: "fleet", changes: true };
const own: RouteAccess = { needs: "self", over: "seen", changes: true };
const signed = (access: RouteAccess): RouteAccess => ({ ...access, signs: "who" });

/** Every path that people have, and who may use it. One that is not here does not compile. */
export const ACCESS: Readonly<Record<PeopleOperation, RouteAccess>> = {
  getMe: anyone,
  signIn: { ...anyone, changes: true },
  signInByLink: { ...anyone, changes: true },
  startOidc: anyone,
  finishOidc: { ...anyone, changes: true },
  signOut: own,
  changePassword: own,
  listPeople: { ...administering, changes: false },
  addPerson: administering,
  changePerson: administering,
  linkPerson: administering,
  signOutPerson: administering,
  listApiTokens: { ...own, changes: false },
  addApiToken: own,
  revokeApiToken: own,
  listActions: { needs: "audit", over: "fleet", changes: false },

  listJoinTokens: { ...administering, changes: false },
  addJoinToken: administering,
  revokeJoinToken: administering,
  listEnrolments: { needs: "administer", over: "seen", changes: false },
  changeEnrolment: { ...administering, over: { hosts: ["id"] } },

  listHosts: seen,
  getHost: seeingHost("id"),
  getInterval: seeingHost("id"),
  getOrder: seeing,
  placeStamps: seeing,
  getSeries: seeingHost("id"),
  getTerms: seeingHost("id"),
  getTime: seen,
  listSpans: seeingHost("id"),
  getFleetSeries: seeing,
  getFleetSparks: seen,
  getAdvice: seeing,
  getPlan: seen,
  listPeers: seeing,
  getPeersCase: seeing,
  getPair: seeingHost("a", "b"),
  listEvents: seeingHost("id"),
  listSources: seeing,
  getSource: seeing,
  getSourceHistory: seeing,
  getSourceSeries: seeing,
  listTargets: seeing,
  listProfiles: seen,
  getProfile: seen,
  listScopes: seeing,
  listExemptions: seeing,
  addExemption: signed(auditing),
  withdrawExemption: signed(auditing),
  getInventory: seeing,
  importInventory: signed(auditing),
  getLog: { ...auditing, changes: false },
  listLogAnchors: { ...auditing, changes: false },
  getLogAnchorFile: { ...auditing, changes: false },
  listLogHeads: seeing,
  getLogProof: seeing,
  getTraceability: seeingHost("id"),
  listDocuments: seeing,
  listReviews: seeing,
  listRules: seeing,
  listIncidents: seeing,
  getIncident: seeing,
  acknowledgeIncident: signed(operating),
  commentIncident: signed(operating),
  listAlerts: seeing,
  listSilences: seeing,
  addSilence: signed(operating),
  endSilence: operating,
  listChannels: seeing,
  testChannel: operating,
  listReports: seeing,
  addReport: auditing,
  getReport: seeing,
  cancelReport: auditing,
  getReportFile: seeing,
  listMaintenance: seeing,
  listWindowTimes: seeing,
  addMaintenance: signed(operating),
  endMaintenance: signed(operating),
  getRunbook: seen,
  getRunbookBrief: seen,
  getFlight: seeing,
  streamEvents: seen,
  getSystem: seeing,
  describe: seen,
  metrics: seeing,
  livez: anyone,
  readyz: anyone,
};
