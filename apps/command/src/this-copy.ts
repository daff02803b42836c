/** This run of the app, among its copies. */
export class ThisCopy {
  /** `leaseHolder` is a name of this run alone (see `leaseHolder` of #coordination/lease-holder). */
  constructor(readonly leaseHolder: string) {}
}
