type Value = string | number | boolean;

/** Section -> key -> value. */
export type Sections = Readonly<Record<string, Readonly<Record<string, Value>>>>;

/** The form of configuration that OpenStack, MariaDB and uWSGI share. */
export function renderIni(sections: Sections): string {
  return Object.entries(sections)
    .flatMap(([name, values]) => [
      `[${name}]`,
      ...Object.entries(values).map(([key, value]) => `${key} = ${value}`),
      "",
    ])
    .join("\n");
}
