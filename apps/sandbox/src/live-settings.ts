import type { Book } from './book/book.js';
import type { SandboxSettings } from './settings.js';

/**
 * The two settings that can change while the sandbox runs. What was set at run time lies in the book and wins over
 * the settings file after a restart.
 */
export class LiveSettings {
  callbackBase: string | null;
  timeScale: number;

  constructor(
    private readonly book: Book,
    settings: SandboxSettings,
  ) {
    this.callbackBase = book.runtimeSetting('callbackBase') ?? settings.callbackBase;
    this.timeScale = Number(book.runtimeSetting('timeScale') ?? settings.timeScale);
  }

  async change(callbackBase: string | undefined, timeScale: number | undefined): Promise<void> {
    await this.book.write(() => {
      if (callbackBase !== undefined) this.book.setRuntimeSetting('callbackBase', callbackBase);
      if (timeScale !== undefined) this.book.setRuntimeSetting('timeScale', String(timeScale));
    });
    this.callbackBase = callbackBase ?? this.callbackBase;
    this.timeScale = timeScale ?? this.timeScale;
  }
}
