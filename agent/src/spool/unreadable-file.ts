/** What a store throws of a file that its medium will not give, now or later. Any other trouble with reading may pass. */
export class UnreadableFile extends Error {}
