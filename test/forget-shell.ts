/** What this shell says of clouds, states and engines would reach the commands that are started from here. */
export function forgetShell(): void {
  for (const name of Object.keys(process.env)) {
    if (/^(PULUMI_|OVH_|OS_|AWS_|LOR_INFRA_(?!TEST))/.test(name)) delete process.env[name];
  }
}
