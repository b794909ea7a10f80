import type { Issue } from "../../../core/result.ts";
import type { LorSettings } from "../settings.ts";

type Section = keyof LorSettings;

/** Both profiles, reduced to the sections that a rule needs. */
export type PairOf<S extends Section> = {
  readonly normal: Pick<LorSettings, S>;
  readonly rush: Pick<LorSettings, S>;
};

export interface PartialPair {
  readonly normal: Partial<LorSettings>;
  readonly rush: Partial<LorSettings>;
}

/** A rule about valid sections. */
export interface Rule {
  readonly name: string;
  /** Issues found; none when a section that it needs is missing. */
  readonly check: (pair: PartialPair) => readonly Issue[];
}

/** A rule about shared settings; it judges whichever profile has the sections. */
export function sharedRule<S extends Section>(
  name: string,
  sections: readonly S[],
  check: (settings: Pick<LorSettings, S> & Partial<LorSettings>) => readonly Issue[],
): Rule {
  return {
    name,
    check: ({ normal, rush }) => {
      const settings = [normal, rush].find((candidate) => holds(candidate, sections));
      return settings !== undefined && holds(settings, sections) ? check(settings) : [];
    },
  };
}

/** A rule between the two profiles. */
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
