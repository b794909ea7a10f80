/** What tells a resource of a stack from every other one of it: `openstack:compute/instance:Instance ps-0`. */
export function resourceKey({ type, name }: { readonly type: string; readonly name: string }): string {
  return `${type} ${name}`;
}
