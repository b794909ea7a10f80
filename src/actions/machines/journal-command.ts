import { isDay } from "../../core/calendar-day.ts";
import { ExitCode, LorError } from "../../core/errors.ts";

interface JournalArgs {
  /** Period before now such as `1h`, or a moment in ISO 8601. */
  readonly since: string;
  readonly grep?: string | undefined;
  readonly follow: boolean;
  /** Only the sessions of administrators. */
  readonly sessions: boolean;
  readonly now: Date;
}

/** Programs that record who logged in, and what they ran. */
export const sessionPrograms: readonly string[] = ["lor-session", "sshd", "sudo"];

const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** Command that shows a machine's journal. @throws LorError `since-invalid` */
export function journalCommand({ since, grep, follow, sessions, now }: JournalArgs): readonly string[] {
  return [
    ...["sudo", "-n", "journalctl", "--no-pager", "--quiet", "--output=short-iso"],
    // journalctl refuses moments before 1970.
    `--since=@${Math.max(0, Math.floor(sinceMoment(since, now).getTime() / 1000))}`,
    ...(grep === undefined ? [] : [`--grep=${grep}`]),
    ...(sessions ? sessionPrograms.map((program) => `--identifier=${program}`) : []),
    ...(follow ? ["--follow", "--lines=all"] : []),
  ];
}

/**
 * Exit code of a command that showed a machine's journal. journalctl ends with 1 when no line matches, and when it failed.
 * @throws LorError `pattern-invalid`
 */
export function journalEnd(code: number, grep: string | undefined, stderr: string): number {
  if (code === 0 || grep === undefined) return code;
  if (stderr.includes("Bad pattern")) throw patternInvalid(grep);
  return code === 1 && stderr.trim() === "" ? ExitCode.done : code;
}

export function patternInvalid(grep: string, cause?: unknown): LorError {
  return new LorError({
    code: "pattern-invalid",
    message: "the pattern is no regular expression",
    exit: ExitCode.usage,
    culprit: "user",
    path: "--grep",
    seen: grep,
    accepted: "a regular expression, such as error|warning",
    next: "lor-infra logs ps-0 --grep error",
    cause,
  });
}

/** Moment of `30m`, `1h`, `2d`, or of ISO 8601. @throws LorError `since-invalid` */
export function sinceMoment(text: string, now: Date): Date {
  const [, count, unit = ""] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (count !== undefined) return new Date(now.getTime() - Number(count) * (secondsOf[unit] ?? 0) * 1000);
  const moment = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text)
    ? new Date(text)
    : undefined;
  if (moment !== undefined && !Number.isNaN(moment.getTime()) && isDay(text.slice(0, 10))) return moment;
  throw new LorError({
    code: "since-invalid",
    message: "the beginning of a log cannot be read",
    exit: ExitCode.usage,
    culprit: "user",
    path: "--since",
    seen: text,
    accepted:
      "a period before now such as 30m, 1h or 2d, a day such as 2026-12-01 (UTC), or a moment such as 2026-12-01T08:00Z",
    next: "lor-infra logs ps-0 --since 1h",
  });
}
