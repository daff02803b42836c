import { APPEND_QUESTIONS, REVISION_QUESTIONS } from './append-questions.js';
import type { Question } from './asking.js';
import { DELETE_QUESTIONS, READ_QUESTIONS } from './read-questions.js';
import { SIZE_QUESTIONS } from './size-questions.js';
import { SUBSCRIPTION_QUESTIONS } from './subscription-questions.js';

/** In this order: later ones read what earlier ones wrote. */
export const ALL_QUESTIONS: readonly Question[] = [
  ...APPEND_QUESTIONS,
  ...REVISION_QUESTIONS,
  ...SIZE_QUESTIONS,
  ...READ_QUESTIONS,
  ...DELETE_QUESTIONS,
  ...SUBSCRIPTION_QUESTIONS,
];
