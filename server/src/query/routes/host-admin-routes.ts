import {
  EnrolledHost,
  EnrolledHostList,
  HostChangeRequest,
  JoinTokenList,
  JoinTokenMade,
  JoinTokenRequest,
  JoinTokenRevoked,
} from "@truebound/wire";
import { after, id, json, jsonBody, Nothing, query, type Route, someLimit } from "./route.ts";

/** Who may report: join tokens and the states of hosts. */
export const HOST_ADMIN_ROUTES = [
  {
    operation: "listJoinTokens",
    listener: "people",
    method: "get",
    path: "/api/v1/join-tokens",
    summary: "Join tokens that can still be used",
    parameters: [],
    answer: json("Those that end first, first", JoinTokenList),
  },
  {
    operation: "addJoinToken",
    listener: "people",
    method: "post",
    path: "/api/v1/join-tokens",
    summary: "Makes a join token, which lets so many hosts in for so long",
    parameters: [],
    body: jsonBody(JoinTokenRequest),
    answer: json("The token; it is shown this once", JoinTokenMade),
  },
  {
    operation: "revokeJoinToken",
    listener: "people",
    method: "post",
    path: "/api/v1/join-tokens/{id}/revoke",
    summary: "Revokes a join token; hosts that it let in stay",
    parameters: [{ ...id, description: "Id of the join token", example: "SSqu7rQ1" }],
    body: jsonBody(Nothing),
    answer: json("Which one", JoinTokenRevoked),
  },
  {
    operation: "listEnrolments",
    listener: "people",
    method: "get",
    path: "/api/v1/enrolments",
    summary: "Every host that was let in or waits for it, of those that the asker administers, page by page",
    parameters: [query("q", "Words, each of which is in the id, the name, the state or a label"), someLimit, after],
    answer: json("What waits first, then by name", EnrolledHostList),
  },
  {
    operation: "changeEnrolment",
    listener: "people",
    method: "post",
    path: "/api/v1/enrolments/{id}",
    summary: "Approves, suspends, resumes or revokes a host; what is so already stays so",
    parameters: [id],
    body: jsonBody(HostChangeRequest),
    answer: json("The host", EnrolledHost),
  },
] as const satisfies readonly Route[];
