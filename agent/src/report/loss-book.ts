import { isBefore, type Place } from "../spool/place.ts";
import type { Stretch } from "../spool/spool.ts";
import { counted, doubting, ending, endingAsBefore, expecting, type Losses, NO_LOSSES, settled, settledBefore } from "./losses.ts";

export interface LossBookPorts {
  /** To be remembered, durably. Throws what the disk says. */
  readonly onLosses: (losses: Losses) => void;
  /**
   * So many batches are lost, and so many since the enrolment. After a start, and where a report that told it found no room, the
   * same is said once more.
   * @param doubtful how many of them all may be at the server, or may never have been on the disk as a whole; of the others
   *   neither the server nor the spool has any
   */
  readonly onLost: (batches: number, inAll: number, doubtful: number) => void;
}

/** What a chain lost, until the server has the report that says so. */
export class LossBook {
  readonly #ports: LossBookPorts;
  #losses: Losses;
  /** What was found in doubt at this start and is not counted yet. */
  #doubt: Stretch | null;
  /** Where the server's chain ended before this epoch, as it says: not counted yet. */
  #before: Place | null = null;
  /** Of the total of losses, how much reports of this run declare. */
  #declared: number;
  /** A batch that lies at or behind the one that declares all of it; null = there is none yet. */
  #declaredIn: Place | null = null;

  constructor(ports: LossBookPorts, losses: Losses | undefined, doubt: Stretch | null) {
    [this.#ports, this.#losses, this.#doubt] = [ports, losses ?? NO_LOSSES, doubt];
    this.#declared = this.#losses.told;
  }

  /** Ends of former epochs, as far as the server had them. */
  get ends(): readonly Place[] {
    return this.#losses.ends ?? [];
  }

  /** The server has not said where its chain ended before this epoch. */
  get isUnsettled(): boolean {
    return this.#losses.unsettled === true && this.#before === null;
  }

  /** What a body that is made now declares. */
  get declared(): number {
    return this.#declared;
  }

  /** How many numbers were to go on in this epoch; null = it is not the latest in which something was to. */
  expectedIn(epoch: number): number | null {
    return this.#losses.epoch === epoch ? this.#losses.count : null;
  }

  /** @param declared what the body declared that is sealed there */
  sealed(at: Place, declared: number): void {
    if (declared === this.#losses.total) this.#declaredIn ??= at;
  }

  /** A body found no room: it may have been the one that declared a loss. */
  dropped(): void {
    if (this.#declaredIn === null) this.#declared = this.#losses.told;
  }

  /**
   * An epoch begins with so many numbers.
   * @param end what the server has of those before; null = that is remembered already
   * @param remember before the first of them is sealed; throws what the disk says, and then nothing has changed
   */
  begin(epoch: number, count: number, end: Place | null, remember: (losses: Losses) => void): void {
    const before = end === null ? this.#losses : ending(this.#losses, end);
    const losses = expecting(doubting(before, this.#doubt), epoch, count);
    remember(losses);
    [this.#losses, this.#doubt, this.#before] = [losses, null, null];
  }

  /** All that was sealed before lies at or before this place now. */
  carriedTo(place: Place): void {
    if (this.#declaredIn !== null) this.#declaredIn = place;
  }

  /** The server says where its chain ended before this epoch began. */
  hear(before: Place): void {
    this.#before = before;
  }

  /** The same of an epoch before, which is filled again. Where the disk refuses, it counts once the server says it once more. */
  hearOfBefore(begun: number, before: Place): void {
    const losses = settledBefore(this.#losses, begun, before);
    if (losses !== this.#losses && this.#remember(losses) === null) this.#declare();
  }

  /** The server's chain ends here, under former numbers of what went on up to that epoch. Where the disk refuses, more may be declared than is lost. */
  endAsBefore(end: Place, upTo: number): void {
    this.#remember(endingAsBefore(this.#losses, end, upTo));
  }

  /**
   * Declares what is lost once the disk remembers it. To be asked before anything new is sealed. Null = done; else what the disk said.
   * @param end the newest batch of the epoch that is written
   */
  count({ epoch, seq }: Place): string | null {
    const known = this.#before === null ? this.#losses : settled(this.#losses, this.#before);
    const losses = counted(doubting(known, this.#doubt), epoch, seq);
    const refused = losses === this.#losses ? null : this.#remember(losses);
    if (refused !== null) return refused;
    [this.#doubt, this.#before] = [null, null];
    this.#declare();
    return null;
  }

  /** @param next what the server wants. Where the disk refuses, the next receipt says it again. */
  settleTold(next: Place): void {
    const { total, told } = this.#losses;
    if (told === total || this.#declaredIn === null || !isBefore(this.#declaredIn, next)) return;
    this.#remember({ ...this.#losses, told: total });
  }

  #declare(): void {
    const { total, doubtful = 0 } = this.#losses;
    if (this.#declared === total) return;
    const batches = total - this.#declared;
    [this.#declared, this.#declaredIn] = [total, null];
    this.#ports.onLost(batches, total, doubtful);
  }

  /** Null = done; else what the disk said. */
  #remember(losses: Losses): string | null {
    try {
      this.#ports.onLosses(losses);
      this.#losses = losses;
      return null;
    } catch (error) {
      return (error as Error).message;
    }
  }
}
