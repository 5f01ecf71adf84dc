export * from "./aead.ts";
export * from "./association.ts";
export * from "./certificate-time.ts";
export * from "./exporter.ts";
export * from "./fields.ts";
export * from "./ke-records.ts";
export * from "./key-establishment.ts";
export * from "./protect.ts";
