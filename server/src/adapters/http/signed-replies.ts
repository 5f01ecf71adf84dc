import type { RequestHandler } from "express";
import { answeredBy, type ReplySigner, signatureHeaders } from "./answer.ts";

/**
 * Signs every reply that passes, errors too: an agent acts on no word that is not this server's, and on none that answers
 * another request. Whoever sends hands text or bytes to `res.send`, so that is where it happens.
 */
export const signReplies =
  (signer: ReplySigner): RequestHandler =>
  (req, res, next) => {
    const send = res.send.bind(res);
    res.send = (body: unknown) => {
      if (res.headersSent || !(typeof body === "string" || Buffer.isBuffer(body))) return send(body);
      const bytes = typeof body === "string" ? Buffer.from(body, "utf8") : body;
      res.set(signatureHeaders(signer, res.statusCode, bytes, answeredBy(req)));
      return send(bytes);
    };
    next();
  };
