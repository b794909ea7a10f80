/** Acceptance of a policy violation for a limited time. */
export interface Waiver {
  /** Code of the policy. */
  readonly policy: string;
  /** The only subject it applies to, such as a data set; undefined: every violation of the policy. */
  readonly of?: string | undefined;
  /** Owner. */
  readonly owner: string;
  readonly reason: string;
  /** Last day of validity, `YYYY-MM-DD` in UTC. */
  readonly until: string;
}

/** Whether a waiver is valid on a day; its last day is included. */
export function isValidOn({ until }: Waiver, today: string): boolean {
  return today <= until;
}

/** A violation accepted by a waiver. */
export interface WaivedViolation extends Waiver {
  /** Setting to change, such as `mysql.plan`. */
  readonly path: string;
  /** Subject of the violation, such as a data set. */
  readonly subject: string;
}
