import {
  Challenge,
  EnrolReply,
  EnrolRequest,
  FlightReply,
  Goodbye,
  GoodbyeReply,
  Receipt,
  RotateReply,
  RotateRequest,
} from "@truebound/wire";
import { header, json, type Route } from "./route.ts";

const signedPost = [
  header("Content-Digest", "sha-256 of the body (RFC 9530)"),
  header("Truebound-Agent", "Id of the agent"),
  header("Signature-Input", "RFC 9421, the fixed profile of what an agent says beside its batches"),
  header("Signature", "Ed25519 by the agent's key in use over these and @target-uri"),
];

/** What agents say and ask, on a listener of their own. */
export const AGENT_ROUTES = [
  {
    operation: "openChallenge",
    listener: "agents",
    method: "post",
    path: "/api/v1/enroll/challenge",
    summary: "A random number to sign: single use, one minute",
    parameters: [],
    answer: json("The challenge", Challenge),
  },
  {
    operation: "enrol",
    listener: "agents",
    method: "post",
    path: "/api/v1/enroll",
    summary: "Lets a host in that holds its key and a join token, or a pod's service account token, or is on the operator's list",
    parameters: [],
    body: { type: "application/json", schema: EnrolRequest },
    answer: json("The host's identity, its place in the chain and its policy", EnrolReply),
  },
  {
    operation: "rotateKey",
    listener: "agents",
    method: "post",
    path: "/api/v1/enroll/key",
    summary:
      "Agrees on an agent's next key, over a challenge and signed by both; the present one is refused from the first batch on that the next one signed",
    parameters: signedPost,
    body: { type: "application/json", schema: RotateRequest },
    answer: json("The key that was agreed on", RotateReply),
  },
  {
    operation: "sayGoodbye",
    listener: "agents",
    method: "post",
    path: "/api/v1/goodbye",
    summary: "Retires an ephemeral host that goes; counts only while the batch that it names is its latest",
    parameters: signedPost,
    body: { type: "application/json", schema: Goodbye },
    answer: json("It is retired", GoodbyeReply),
  },
  {
    operation: "receiveFlight",
    listener: "agents",
    method: "post",
    path: "/api/v1/flights",
    summary: "Takes what an agent recorded of the minutes around an incident for which it was asked; kept as it was signed",
    parameters: signedPost,
    body: { type: "application/octet-stream", schema: { type: "object", description: "A Flight as deflated JSON, at most 1 MiB" } },
    answer: json("It is kept", FlightReply),
  },
  {
    operation: "receiveBatch",
    listener: "agents",
    method: "post",
    path: "/api/v1/batches",
    summary:
      "Takes one signed batch; acknowledged after its commit. @target-uri is the URI that the agent dialled: scheme of the listener, Host header, path",
    parameters: [
      header("Content-Digest", "sha-256 of the body (RFC 9530)"),
      header("Truebound-Agent", "Id of the agent"),
      header("Truebound-Epoch", "Epoch of its chain"),
      header("Truebound-Seq", "Number of the batch in the epoch, from 1"),
      header("Truebound-Prev", "Hash of the batch before, in hex"),
      header("Truebound-Sent", "boot id and BOOTTIME in ns when it was sent"),
      header("Signature-Input", "RFC 9421, the fixed profile of a batch"),
      header("Signature", "Ed25519 over all of these and @target-uri"),
    ],
    body: { type: "application/json", schema: { type: "object", description: "A batch, at most 1 MiB; kept byte for byte" } },
    answer: json("The receipt", Receipt),
  },
] as const satisfies readonly Route[];
