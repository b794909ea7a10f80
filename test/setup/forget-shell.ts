/** Removes the shell's variables about clouds, states and engines, which the commands under test would inherit. */
export function forgetShell(): void {
  for (const name of Object.keys(process.env)) {
    if (/^(PULUMI_|OVH_|OS_|AWS_|LOR_INFRA_(?!TEST))/.test(name)) delete process.env[name];
  }
}
