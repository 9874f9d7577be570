/**
 * Reads one page ahead while the page before it is stored. `open` gets a function for what the reader remembers about
 * its pages: it resolves once all pages handed out so far are stored. After `stop`, nothing is read ahead; what
 * was read ahead of a page that could not be stored is dropped, and so is its failure.
 */
export async function* readAhead<Page>(
  open: (whenStored: () => Promise<void>) => AsyncIterable<Page>,
  stop: AbortSignal,
): AsyncGenerator<Page> {
  let storing = Promise.withResolvers<void>();
  storing.resolve();
  const pages = open(() => storing.promise)[Symbol.asyncIterator]();
  let ahead: Promise<IteratorResult<Page>> | null = null;
  try {
    for (;;) {
      const { done, value } = await (ahead ?? pages.next());
      ahead = null;
      if (done === true) return;
      storing = Promise.withResolvers();
      storing.promise.catch(ignore);
      if (!stop.aborted) {
        ahead = pages.next();
        ahead.catch(ignore);
      }
      yield value;
      storing.resolve();
    }
  } finally {
    storing.reject(new Error('The page was not stored.'));
    await ahead?.catch(ignore);
    await pages.return?.();
  }
}

function ignore(): void {}
