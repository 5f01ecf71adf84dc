/** The server's word for whether a host reports; in the past tense once the page no longer hears the server itself. */
export const livenessWords = (liveness: string, isStale: boolean): string => (isStale ? `was ${liveness}` : liveness);
