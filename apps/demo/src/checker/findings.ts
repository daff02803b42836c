/** What the demo says of a run. */
export type RunClaim = 'booksBalance' | 'providersAgree' | 'paidTwice' | 'replayEqual';
/** What is said besides of a run over a bus. */
export type BusClaim = 'everyCommandAnswered' | 'publishedInOrder';
export type Claim = RunClaim | BusClaim;

/** Why a claim is false, for a person to read. */
export interface Finding {
  readonly claim: Claim;
  readonly text: string;
}

/** Where the checks put what they find. */
export class Findings {
  readonly all: Finding[] = [];

  add(claim: Claim, text: string): void {
    this.all.push({ claim, text });
  }

  holds(claim: Claim): boolean {
    return this.all.every((finding) => finding.claim !== claim);
  }
}
