import type { Clock } from '#platform/time/clock';

/** Nothing was heard within our own time limit: the client's isn't kept when a server hangs. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

/** The call's answer, or `NoAnswerError`. An answer that comes later is ignored, and so is an error. */
export function answerWithin<T>(clock: Clock, ms: number, call: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => reject(new NoAnswerError(`no answer within ${ms} ms`)));
    call.then(
      (answer) => {
        cancel();
        resolve(answer);
      },
      (error: unknown) => {
        cancel();
        reject(error instanceof Error ? error : new Error('the client failed with what is no error'));
      },
    );
  });
}
