import type { Validator } from "@truebound/wire";
import type { Request } from "express";
import { type Refusal, refuse } from "../../refusal.ts";

/** What a request says in its body; without one it says {}. The parser has taken what is JSON by its type, and nothing else. */
export const posted =
  <T>({ accepts, errors }: Validator<T>) =>
  (req: Request): { readonly posted: T } | Refusal => {
    const isSilent = req.body === undefined && (req.get("content-length") ?? "0") === "0" && req.get("transfer-encoding") === undefined;
    const body: unknown = isSilent ? {} : req.body;
    if (body === undefined) return refuse("bad_request", `Cannot read a body of the type ${typeOf(req)}: send application/json`);
    if (accepts(body)) return { posted: body };
    const wrong = errors(body);
    const first = wrong[0];
    const words = first === undefined ? "it is another than this takes" : `${first.pointer || "/"} ${first.detail}`;
    return refuse("malformed", `Cannot take this body: ${words}`, { errors: wrong });
  };

const typeOf = (req: Request): string => JSON.stringify((req.get("content-type") ?? "none").slice(0, 60));
