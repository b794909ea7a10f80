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

/** A rule about what both profiles share; it judges whichever of them has the sections. */
export function sharedRule<S extends Section>(
  name: string,
  sections: readonly S[],
  check: (settings: Pick<LorSettings, S>) => readonly Issue[],
): Rule {
  return {
    name,
    check: ({ normal, rush }) => {
      const settings = [normal, rush].find((candidate) => holds(candidate, sections));
      return settings !== undefined && holds(settings, sections) ? check(settings) : [];
    },
  };
}

/** A rule about what the profiles are to each other. */
export function pairRule<S extends Section>(
  name: string,
  sections: readonly S[],
  check: (pair: PairOf<S>) => readonly Issue[],
): Rule {
  return {
    name,
    check: ({ normal, rush }) => (holds(normal, sections) && holds(rush, sections) ? check({ normal, rush }) : []),
  };
}

function holds<S extends Section>(
  settings: Partial<LorSettings>,
  sections: readonly S[],
): settings is Pick<LorSettings, S> & Partial<LorSettings> {
  return sections.every((section) => settings[section] !== undefined);
}
