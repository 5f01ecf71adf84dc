import { HostChangeRequest, JoinTokenRequest, validator } from "@truebound/wire";
import type { Response } from "express";
import { actorMay } from "../../access/actor.ts";
import {
  addJoinToken,
  askEnrolments,
  askJoinTokens,
  changeEnrolment,
  type HostAdminPorts,
  revokeJoinToken,
} from "../../admin/administer-hosts.ts";
import type { LabelSet } from "../../policy/choose-policy.ts";
import { Nothing } from "../../query/routes.ts";
import { actorOf } from "./access.ts";
import { answering, changing, type Handler } from "./asking.ts";

const BODIES = {
  JoinTokenRequest: validator(JoinTokenRequest),
  HostChangeRequest: validator(HostChangeRequest),
  Nothing: validator(Nothing),
};

const administers =
  (res: Response) =>
  (labels: LabelSet): boolean => {
    const actor = actorOf(res);
    return actor !== null && actorMay(actor, "administer", labels);
  };

/** Join tokens, and which hosts may report. */
export const hostAdminHandlers = (ports: HostAdminPorts) =>
  ({
    listJoinTokens: answering("listJoinTokens", () => askJoinTokens(ports)),
    addJoinToken: changing("addJoinToken", BODIES.JoinTokenRequest, (_, wish) => addJoinToken(ports, wish)),
    revokeJoinToken: changing("revokeJoinToken", BODIES.Nothing, ({ id = "" }) => revokeJoinToken(ports, id)),
    listEnrolments: answering("listEnrolments", (parameters, res) => askEnrolments(ports, parameters, administers(res))),
    changeEnrolment: changing("changeEnrolment", BODIES.HostChangeRequest, ({ id = "" }, said, res) =>
      changeEnrolment(ports, id, said, administers(res)),
    ),
  }) satisfies Record<string, Handler>;
