/**
 * How long things take in the real world, seconds. `lab`: seen on the OpenStack control plane from Debian's packages (Zed, fake
 * hypervisor, 2026-11-22), so a lower bound; `estimate`: ours, nothing was measured on the real OVHcloud; `provider`: the time the
 * Terraform provider waits at least. The cloud divides them by its scale.
 */
export const latencies = {
  /** lab 4-10 s without a real disk; estimate with one. */
  serverCreate: 30,
  /** Until a server without a host shows ERROR. estimate. */
  serverScheduleFailure: 2,
  /** lab 1-3 s. */
  serverDelete: 5,
  /** lab resize + confirm 6-9 s without a disk to move; estimate with one. Guest is down. */
  serverResize: 45,
  /** lab. */
  serverConfirmResize: 3,
  /** estimate. */
  serverRevertResize: 30,
  /** estimate. */
  serverRebuild: 40,
  /** estimate. */
  serverStart: 5,
  /** estimate. */
  serverStop: 10,
  /** Placement still sees a member of a group on its old host for that long after a resize (lab: a resize right after another one failed). */
  schedulerSettle: 10,
  /** First start of the guest with cloud-init: fetch and apply the configuration. estimate. */
  guestFirstBoot: 60,
  /** Later starts of the guest. estimate. */
  guestBoot: 20,
  /** lab 1-2 s. */
  volumeCreate: 2,
  volumeDelete: 2,
  volumeAttach: 3,
  volumeDetach: 3,
  /** estimate. */
  volumeExtend: 3,
  /** lab 17-20 s. */
  loadBalancerCreate: 20,
  loadBalancerDelete: 8,
  /** Any change of its tree. estimate. */
  loadBalancerChange: 3,
  /** Until the new size shows; a failover to the new size upstream. estimate. */
  loadBalancerResize: 60,
  /** From there until it is ACTIVE again. estimate. */
  loadBalancerSettle: 15,
  /** provider: waits at least 30 s before it looks; estimate of the whole. */
  databaseCreate: 300,
  databaseDelete: 20,
  /** Restrictions, backup time, description. provider: 30 s at least. */
  databaseUpdate: 40,
  /** Plan, flavor, version, disk: nodes are replaced one by one. estimate. */
  databaseChange: 300,
  databaseUser: 3,
  databaseLogical: 2,
  /** estimate. */
  bucketReplication: 30,
  /** provider: waits at least 10 s. */
  vrackAttach: 15,
  vrackDetach: 15,
  /** estimate. */
  userCreate: 5,
} as const;

export type LatencyName = keyof typeof latencies;
