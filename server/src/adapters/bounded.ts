export class TookTooLong extends Error {}

/** What `work` gives, or a TookTooLong that says `otherwise` once so many milliseconds are over. The work itself goes on unheard. */
export async function bounded<T>(milliseconds: number, work: Promise<T>, otherwise: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TookTooLong(otherwise)), milliseconds);
  });
  work.catch(() => {});
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
