/** As the database counts them: decimal digits of an int8. */
export const isIncident = (text: string): boolean => /^[1-9][0-9]{0,18}$/.test(text) && BigInt(text) < 2n ** 63n;
