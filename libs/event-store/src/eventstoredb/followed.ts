/** The same items; `begin` is called when somebody starts to take them, what it returns when that has ended. */
export function followed<T>(items: AsyncIterable<T>, begin: () => () => void): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator](): AsyncIterator<T> {
      const inner = items[Symbol.asyncIterator]();
      const end = begin();
      return {
        next: async () => {
          try {
            const next = await inner.next();
            if (next.done === true) end();
            return next;
          } catch (error) {
            end();
            throw error;
          }
        },
        return: async () => {
          end();
          await inner.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}
