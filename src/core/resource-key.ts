/** Unique key of a resource within a stack: `openstack:compute/instance:Instance ps-0`. */
export function resourceKey({ type, name }: { readonly type: string; readonly name: string }): string {
  return `${type} ${name}`;
}
