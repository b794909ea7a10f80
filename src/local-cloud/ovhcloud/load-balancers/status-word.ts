/** OVHcloud's word for a state of Octavia: `PENDING_UPDATE` is `pendingUpdate`. Source: the schema of its API, LoadbalancerProvisioningStatusEnum. */
export function statusWord(status: string): string {
  return status.toLowerCase().replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}
