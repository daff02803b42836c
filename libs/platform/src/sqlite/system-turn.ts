/** Lets everything else that waits in this process have its turn: between pages of a read that never waits itself. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
