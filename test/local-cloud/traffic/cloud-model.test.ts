import { expect, test } from "vitest";
import type { LocalCloud } from "../../../src/local-cloud/local-cloud.ts";
import { CloudModel } from "../../../src/local-cloud/traffic/cloud-model.ts";
import { createShop, openCloud, type Shop } from "../test-cloud.ts";

const start = Date.UTC(2026, 10, 22, 12, 0, 0);
/** Longer than anything in the cloud takes. */
const dayMs = 86_400_000;

const deletions: Readonly<Record<string, (cloud: LocalCloud, shop: Shop) => void>> = {
  pool: (cloud, { poolId }) => cloud.octavia.pools.delete(poolId),
  "load balancer": (cloud, { balancerId }) => cloud.ovhLoadBalancers.delete(balancerId),
  server: (cloud, { serverId }) => cloud.nova.servers.delete(serverId),
  volume: (cloud, { serverId, volumeId }) => cloud.nova.volumeAttachments.delete(serverId, volumeId),
};

test.each(Object.entries(deletions))(
  "a look at the cloud sees one instant, whenever the deletion of a %s falls due",
  async (_what, remove) => {
    // The deletion falls due at each look at the clock in turn.
    for (let due = 1, looks = due; looks >= due; due++) {
      looks = Number.NaN;
      const cloud = openCloud({ wall: () => (++looks >= due ? start + dayMs : start) });
      const shop = await createShop(cloud);
      cloud.clock.setMode("real");
      remove(cloud, shop);
      looks = 0;
      const model = new CloudModel(cloud);
      const seen = [model.instances(), model.balancers()];
      expect(seen).toHaveLength(2);
    }
  },
);
