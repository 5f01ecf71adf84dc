export { SHA256_OID, timestampRequest } from "./timestamp-request.ts";
export { readTimestampResponse, readTimestampToken, type TimestampToken, type TokenSigner } from "./timestamp-token.ts";
export { type TokenCrypto, type TokenWanted, verifyToken } from "./verify-token.ts";
