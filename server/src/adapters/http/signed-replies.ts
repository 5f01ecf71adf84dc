import { REPLY_LABEL, replyBase, replyInput } from "@truebound/wire";
import type { RequestHandler } from "express";

/** What signs: the receipt key, and a hash. */
export interface ReplySigner {
  readonly keyId: string;
  sign(text: string): Uint8Array;
  sha256(bytes: Uint8Array): Uint8Array;
}

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
      const contentDigest = `sha-256=:${Buffer.from(signer.sha256(bytes)).toString("base64")}:`;
      const reply = { status: res.statusCode, contentDigest, requestSignature: req.get("signature") ?? null, keyId: signer.keyId };
      const signature = Buffer.from(signer.sign(replyBase(reply))).toString("base64");
      res.set({ "Content-Digest": contentDigest, "Signature-Input": replyInput(reply), Signature: `${REPLY_LABEL}=:${signature}:` });
      return send(bytes);
    };
    next();
  };
