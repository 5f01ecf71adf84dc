export * from "./batch.ts";
export * from "./columns.ts";
export * from "./enrol.ts";
export * from "./people.ts";
export * from "./policy.ts";
export * from "./receipt.ts";
export * from "./schema.ts";
export * from "./signature.ts";
