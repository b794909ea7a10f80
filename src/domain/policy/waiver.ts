/** The company's word that a policy may be violated for a while. */
export interface Waiver {
  /** Code of the policy. */
  readonly policy: string;
  /** Only for this subject, such as a data set; undefined: whatever violates the policy. */
  readonly of?: string | undefined;
  /** Who answers for it. */
  readonly owner: string;
  readonly reason: string;
  /** Last day on which it holds, `YYYY-MM-DD` in UTC. */
  readonly until: string;
}

/** Whether a waiver still holds on a day, its last one included. */
export function isValidOn({ until }: Waiver, today: string): boolean {
  return today <= until;
}

/** A violation that a waiver accepts today. */
export interface WaivedViolation extends Waiver {
  /** Setting to look at, such as `mysql.plan`. */
  readonly path: string;
  /** What of the system violates it, such as a data set. */
  readonly subject: string;
}
