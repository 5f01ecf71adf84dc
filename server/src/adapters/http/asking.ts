import { nearest, type Validator } from "@truebound/wire";
import type { Request, Response } from "express";
import type { PeopleOperation } from "../../access/route-access.ts";
import type { Parameters } from "../../query/questions.ts";
import { ROUTES } from "../../query/routes.ts";
import { isRefusal, type Refusal, refuse } from "../../refusal.ts";
import { posted } from "./posted.ts";
import { sendProblem } from "./problem.ts";

export type Handler = (req: Request, res: Response) => Promise<void> | void;

/** The answer to a question, or why there is none. */
export const answering =
  <T extends object>(
    operation: PeopleOperation,
    ask: (parameters: Parameters, res: Response) => Promise<T | Refusal>,
    write: (answer: T) => string = JSON.stringify,
  ): Handler =>
  async (req, res) => {
    const parameters = parametersOf(req, queryNames(operation));
    const answer = isRefusal(parameters) ? parameters : await ask(parameters, res);
    res.setHeader("Cache-Control", "no-cache");
    if (isRefusal(answer)) sendProblem(res, answer);
    else res.type("application/json").send(write(answer));
  };

/** What a request says in its body must be right to the last field before anything is done. */
export const changing = <B, T extends object>(
  operation: PeopleOperation,
  body: Validator<B>,
  change: (parameters: Parameters, body: B, res: Response) => Promise<T | Refusal>,
): Handler => {
  const read = posted(body);
  return (req, res) =>
    answering(operation, async (parameters, res) => {
      const said = read(req);
      return isRefusal(said) ? said : change(parameters, said.posted, res);
    })(req, res);
};

export const queryNames = (operation: PeopleOperation): string[] =>
  ROUTES.filter((route) => route.operation === operation).flatMap(({ parameters }) =>
    parameters.filter((parameter) => parameter.in === "query").map(({ name }) => name),
  );

/** A name that means nothing is refused: an answer to another question than the one that was meant looks like an answer. */
export function parametersOf(req: Request, names: readonly string[]): Parameters | Refusal {
  const stranger = Object.keys(req.query).find((name) => !names.includes(name));
  if (stranger !== undefined) return refuse("bad_request", strangerInWords(stranger, names));
  const given: [string, unknown][] = [...Object.entries(req.query), ...Object.entries(req.params)];
  const odd = given.find(([, value]) => typeof value !== "string");
  return odd ? refuse("bad_request", "Cannot use a parameter that was given more than once") : (Object.fromEntries(given) as Parameters);
}

function strangerInWords(name: string, names: readonly string[]): string {
  const said = JSON.stringify(name.slice(0, 60));
  return names.length === 0
    ? `Cannot use the parameter ${said}: this takes none`
    : `Cannot use the parameter ${said}: there is no such one; did you mean ${nearest(name, names)}?`;
}
