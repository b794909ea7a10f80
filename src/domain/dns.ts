/** Name of a host below a zone, empty for the zone itself; undefined: outside of it. */
export function nameBelow(zone: string, host: string): string | undefined {
  if (host === zone) return "";
  return host.endsWith(`.${zone}`) ? host.slice(0, -zone.length - 1) : undefined;
}
