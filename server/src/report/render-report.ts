import type { Render } from "./ports.ts";

/** What people read, made from the manifest alone. */
export const renderReport: Render = async () => [];
