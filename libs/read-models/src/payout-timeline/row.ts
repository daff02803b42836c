/** `payout_timeline`: one row per event that a payout's reader wants to see, in log order. No personal data. */
export interface TimelineRow {
  readonly payout_id: string;
  /** `positionKey` of the event. */
  readonly position_key: string;
  readonly position: string;
  /** The event's type. */
  readonly type: string;
  /** When it was recorded: RFC 3339, UTC with milliseconds. */
  readonly at: string;
  /** JSON object of texts, whole numbers and flags; amounts as decimal text. */
  readonly summary: string;
}
