/** A state of the database, by the line of its history on which it was and true time. */
export interface DatabasePoint {
  readonly line: number;
  readonly atS: number;
}

/** Each setting back begins another line of a database's history; what came later on the one before is left. */
export class DatabaseLines {
  /** Where each line but the first begins: on another. */
  readonly #origins: DatabasePoint[] = [];

  /** Also how often it was set back. */
  get present(): number {
    return this.#origins.length;
  }

  /** The present line does not lead through this state: an earlier setting back left it. */
  wasLeft({ line, atS }: DatabasePoint): boolean {
    let [here, until] = [this.present, Number.POSITIVE_INFINITY];
    while (here > line) {
      const origin = this.#origins[here - 1] as DatabasePoint;
      [here, until] = [origin.line, Math.min(until, origin.atS)];
    }
    return here !== line || atS > until;
  }

  goBackTo({ line, atS }: DatabasePoint): void {
    this.#origins.push({ line, atS });
  }
}
