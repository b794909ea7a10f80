import type { Issue } from "../../../core/result.ts";
import type { LorSettings } from "../settings.ts";

type Section = keyof LorSettings;

/** Both profiles, reduced to the sections that a rule asked for. */
export type PairOf<S extends Section> = {
  readonly normal: Pick<LorSettings, S>;
  readonly rush: Pick<LorSettings, S>;
};

export interface PartialPair {
  readonly normal: Partial<LorSettings>;
  readonly rush: Partial<LorSettings>;
}

/** One question to settings that are well formed. */
export interface Rule {
  readonly name: string;
  /** What it finds, or nothing when a section that it needs is not there to be judged. */
  readonly check: (pair: PartialPair) => readonly Issue[];
}

export function rule<S extends Section>(
  name: string,
  sections: readonly S[],
  check: (pair: PairOf<S>) => readonly Issue[],
): Rule {
  const holds = (settings: Partial<LorSettings>): settings is Pick<LorSettings, S> & Partial<LorSettings> =>
    sections.every((section) => settings[section] !== undefined);
  return {
    name,
    check: ({ normal, rush }) => (holds(normal) && holds(rush) ? check({ normal, rush }) : []),
  };
}
