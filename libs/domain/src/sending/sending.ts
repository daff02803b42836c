import type { PauseCause, SendingEvent } from './events.js';

/** Whether requests may leave for providers. `since` is in milliseconds since the epoch. */
export type SendingState =
  | { readonly status: 'on' }
  | {
      readonly status: 'paused';
      readonly cause: PauseCause;
      readonly by: string;
      readonly reason: string;
      readonly since: number;
    };

export type SendingCommand =
  | {
      readonly type: 'PauseSending';
      readonly cause: PauseCause;
      readonly by: string;
      readonly reason: string;
      readonly at: number;
    }
  | { readonly type: 'ResumeSending'; readonly by: string; readonly reason: string; readonly at: number };

export const SENDING_ON: SendingState = { status: 'on' };

export function evolveSending(_state: SendingState, { type, data }: SendingEvent): SendingState {
  switch (type) {
    case 'SendingPaused': {
      const { cause, by, reason, at } = data;
      return { status: 'paused', cause, by, reason, since: at };
    }
    case 'SendingResumed':
      return SENDING_ON;
  }
}

/** Pausing what is paused changes nothing: the first reason stays until somebody resumes. */
export function decideSending(state: SendingState, command: SendingCommand): readonly SendingEvent[] {
  switch (command.type) {
    case 'PauseSending': {
      if (state.status === 'paused') return [];
      const { cause, by, reason, at } = command;
      return [{ type: 'SendingPaused', data: { cause, by, reason, at } }];
    }
    case 'ResumeSending': {
      if (state.status === 'on') return [];
      const { by, reason, at } = command;
      return [{ type: 'SendingResumed', data: { by, reason, at } }];
    }
  }
}
