import * as openstack from "@pulumi/openstack";
import { secret } from "@pulumi/pulumi";
import { afterAll, beforeAll, expect, test } from "vitest";
import { signTempUrl } from "../../components/base/temp-url.ts";
import type { EngineStack, Program, RunResult } from "../../src/engine/port.ts";
import { selfSignedPkcs12 } from "../../src/os/pkcs12.ts";
import { CertificateWatch } from "./certificate-watch.ts";
import { Cloud, nothing } from "./cloud.ts";
import { address } from "./lab/place.ts";

const certificates = [1, 2].map(() => selfSignedPkcs12(["shop.example"], new Date()).toString("base64"));
const certificateNames = { listener: "shop-https", secret: "shop-certificate" };
const key = "known-to-this-test-only";

/** What stands before the fronts, with the inputs that the components give: the addresses are the members', no machine is behind them. */
function shopFront(weight: number, certificate = certificates[0] ?? ""): Program {
  return async () => {
    const outside = openstack.networking.getNetworkOutput({ name: "Ext-Net" });
    const network = new openstack.networking.Network("front");
    const subnet = new openstack.networking.Subnet("front", { networkId: network.id, cidr: "10.10.1.0/24" });
    const router = new openstack.networking.Router("outside", { externalNetworkId: outside.id });
    const way = new openstack.networking.RouterInterface("front", { routerId: router.id, subnetId: subnet.id });
    const group = new openstack.networking.SecGroup("front", { deleteDefaultRules: true });
    new openstack.networking.SecGroupRule("http", {
      securityGroupId: group.id,
      direction: "ingress",
      ethertype: "IPv4",
      protocol: "tcp",
      portRangeMin: 80,
      portRangeMax: 80,
      remoteIpPrefix: "10.10.0.0/16",
    });
    const balancer = new openstack.loadbalancer.LoadBalancer("shop", { vipSubnetId: subnet.id }, { dependsOn: way });
    const floating = new openstack.networking.FloatingIp("shop", { pool: "Ext-Net" });
    new openstack.networking.FloatingIpAssociate("shop", {
      floatingIp: floating.address,
      portId: balancer.vipPortId,
    });
    const pool = new openstack.loadbalancer.Pool("shop", {
      protocol: "HTTP",
      lbMethod: "LEAST_CONNECTIONS",
      loadbalancerId: balancer.id,
    });
    new openstack.loadbalancer.Monitor("shop", {
      poolId: pool.id,
      type: "HTTP",
      httpMethod: "GET",
      urlPath: "/health",
      expectedCodes: "200",
      delay: 5,
      timeout: 4,
      maxRetries: 2,
      maxRetriesDown: 2,
    });
    for (const [index, name] of ["ps-0", "ps-1"].entries()) {
      new openstack.loadbalancer.Member(name, {
        poolId: pool.id,
        address: `10.10.1.${10 + index}`,
        protocolPort: 80,
        subnetId: subnet.id,
        weight: index === 0 ? weight : 1,
      });
    }
    const stored = new openstack.keymanager.SecretV1(
      "certificate",
      {
        name: certificateNames.secret,
        payload: secret(certificate),
        payloadContentType: "application/octet-stream",
        payloadContentEncoding: "base64",
        secretType: "opaque",
      },
      { deleteBeforeReplace: false },
    );
    new openstack.loadbalancer.Listener("https", {
      name: certificateNames.listener,
      loadbalancerId: balancer.id,
      defaultPoolId: pool.id,
      protocol: "TERMINATED_HTTPS",
      protocolPort: 443,
      defaultTlsContainerRef: stored.secretRef,
      insertHeaders: { "X-Forwarded-For": "true" },
    });
    const container = new openstack.objectstorage.Container("guests", { metadata: secret({ "Temp-URL-Key": key }) });
    const document = new openstack.objectstorage.ContainerObject("guests/ps-0.json", {
      containerName: container.name,
      name: "guests/ps-0.json",
      content: JSON.stringify({ name: "ps-0" }),
      contentType: "application/json",
    });
    return { container: container.name, document: document.name, balancer: balancer.id };
  };
}

let cloud: Cloud;
let stack: EngineStack;

beforeAll(async () => {
  cloud = await Cloud.enter("front");
  stack = await cloud.openStack("prod");
});

afterAll(async () => {
  await stack?.destroy();
  cloud?.leave();
});

test("the load balancer with its certificate, and the guests' documents: created, drained, renewed, destroyed", async () => {
  const created = await stack.up(shopFront(1));
  tell("first creation", created);
  expect(await cloud.count()).toMatchObject({ loadBalancers: 1, networks: 1, floatingAddresses: 1 });
  const { container, document, balancer } = created.outputs as Record<"container" | "document" | "balancer", string>;
  const machine = await cloud.machineOf(balancer);
  expect(await cloud.hasServer(machine)).toBe(true);

  const again = await stack.up(shopFront(1), { refresh: true });
  tell("refresh, and nothing to do", again);
  expect(again.changes.filter((one) => one.change !== "same").map((one) => one.name)).toEqual([]);

  const drained = await stack.up(shopFront(0));
  tell("a member drained", drained);
  expect(drained.changes.filter((one) => one.change !== "same")).toMatchObject([
    { name: "ps-0", change: "update", changedProperties: ["weight"], replacingProperties: [] },
  ]);

  const watch = new CertificateWatch(cloud.keyManager, certificateNames);
  const renewed = await stack.up(shopFront(0, certificates[1])).finally(() => watch.stop());
  tell("a certificate renewed", renewed);
  expect(renewed.changes.filter((one) => one.change !== "same")).toMatchObject([
    { name: "certificate", change: "replace" },
    { name: "https", change: "update", changedProperties: ["defaultTlsContainerRef"], replacingProperties: [] },
  ]);
  expect(watch.without).toEqual([]);
  expect(watch.uses).toHaveLength(2);
  expect(watch.stored).toEqual(watch.uses.slice(1));

  const temporary = {
    accountUrl: `${address("swift")}/v1/AUTH_${cloud.projectId}`,
    container,
    object: document,
    expiresAtSeconds: Math.floor(Date.now() / 1000) + 600,
  };
  const answer = await fetch(signTempUrl({ ...temporary, key }));
  expect([answer.status, await answer.json()]).toEqual([200, { name: "ps-0" }]);
  expect((await fetch(signTempUrl({ ...temporary, key: "another" }))).status).toBe(401);

  tell("destroy", await stack.destroy());
  expect(await cloud.count()).toEqual(nothing);
  await expect.poll(() => cloud.hasServer(machine), { timeout: 60_000, interval: 1000 }).toBe(false);
});

function tell(title: string, { durationSeconds }: RunResult): void {
  console.log(`  ${title}: ${durationSeconds.toFixed(1)} s`);
}
