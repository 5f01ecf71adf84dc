export * from "./client.ts";
export * from "./nts/index.ts";
export * from "./packet.ts";
export * from "./responder.ts";
export * from "./ruler-field.ts";
export * from "./timestamp.ts";
