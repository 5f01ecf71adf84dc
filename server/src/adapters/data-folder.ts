import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileTrouble } from "./embedded-postgres/startup-error.ts";

/** What of the data folder is neither PostgreSQL's nor written by a child alone. */
export class DataFolder {
  readonly agent: string;
  readonly agentToken: string;
  readonly demo: string;
  readonly demoToken: string;

  constructor(root: string) {
    this.agent = join(root, "agent");
    this.agentToken = join(this.agent, "join-token");
    this.demo = join(root, "demo");
    this.demoToken = join(this.demo, "join-token");
  }

  agentIsEnrolled(): boolean {
    return existsSync(join(this.agent, "identity.json"));
  }

  makeFolder(path: string): void {
    attempt(`create the folder ${path}`, () => mkdirSync(path, { recursive: true, mode: 0o700 }));
  }

  /** Readable by us alone. */
  writeSecret(path: string, secret: string): void {
    attempt(`write ${path}`, () => writeFileSync(path, `${secret}\n`, { mode: 0o600 }));
  }
}

function attempt(action: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    throw fileTrouble(action, error);
  }
}
