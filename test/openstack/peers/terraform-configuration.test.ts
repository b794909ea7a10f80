import { describe, expect, test } from "vitest";
import { secretMark, specialKey } from "../../../src/engine/special-values.ts";
import { type RecordedResource, terraformConfiguration } from "./terraform-configuration.ts";

const urn = (type: string, name: string) => `urn:pulumi:prod::shop::lor:ovh:Tier$${type}::${name}`;

function recorded(type: string, name: string, more: Partial<RecordedResource>): RecordedResource {
  return { type, urn: urn(type, name), id: `id-of-${name}`, ...more };
}

const subnet = recorded("openstack:networking/subnet:Subnet", "shop", {
  inputs: { __defaults: ["enableDhcp"], enableDhcp: true, name: "shop", allocationPools: [{ start: "a", end: "b" }] },
});
const port = recorded("openstack:networking/port:Port", "ps-0", {
  inputs: { __defaults: [], fixedIps: [{ __defaults: [], subnetId: "id-of-shop", ipAddress: "10.10.1.10" }] },
  propertyDependencies: { fixedIps: [subnet.urn] },
});
const server = (name: string, dependencies: readonly string[]) =>
  recorded("openstack:compute/instance:Instance", name, {
    inputs: { name, userData: secret(`#!/bin/sh\necho \${HOME} %{x}`), metadata: { "lor-name": name } },
    dependencies,
  });

test("a value of another resource is a reference, also inside a block; blocks and properties have Terraform's names", () => {
  expect(terraformConfiguration([subnet, port], "together").resource).toEqual({
    openstack_networking_subnet_v2: { shop: { name: "shop", allocation_pool: [{ start: "a", end: "b" }] } },
    openstack_networking_port_v2: {
      "ps-0": {
        fixed_ip: [{ subnet_id: `\${openstack_networking_subnet_v2.shop.id}`, ip_address: "10.10.1.10" }],
      },
    },
  });
});

test("an output is referred to by its own name", () => {
  const address = recorded("openstack:networking/floatingIp:FloatingIp", "lb", { outputs: { address: "203.0.113.5" } });
  const associate = recorded("openstack:networking/floatingIpAssociate:FloatingIpAssociate", "lb", {
    inputs: { floatingIp: "203.0.113.5" },
    propertyDependencies: { floatingIp: [address.urn] },
  });
  expect(
    terraformConfiguration([address, associate], "together").resource.openstack_networking_floatingip_associate_v2,
  ).toEqual({
    lb: { floating_ip: `\${openstack_networking_floatingip_v2.lb.address}` },
  });
});

test("secrets are in clear, what looks like a template is none, maps stay as they are", () => {
  expect(
    terraformConfiguration([server("odoo-0", [])], "together").resource.openstack_compute_instance_v2?.["odoo-0"],
  ).toEqual({
    name: "odoo-0",
    user_data: `#!/bin/sh\necho $\${HOME} %%{x}`,
    metadata: { "lor-name": "odoo-0" },
  });
});

describe("what is waited for without a reference", () => {
  test("is waited for", () => {
    const { resource } = terraformConfiguration([port, server("ps-0", [port.urn])], "together");
    expect(resource.openstack_compute_instance_v2?.["ps-0"]).toMatchObject({
      depends_on: ["openstack_networking_port_v2.ps-0"],
    });
  });

  test("is, when it is the machine of another front and they are made in order", () => {
    const first = server("ps-0", []);
    const member = recorded("openstack:loadbalancer/member:Member", "ps-0", {});
    const { resource } = terraformConfiguration([first, member, server("ps-1", [first.urn, member.urn])], "in order");
    expect(resource.openstack_compute_instance_v2?.["ps-1"]).toMatchObject({
      depends_on: ["openstack_compute_instance_v2.ps-0"],
    });
  });

  test("is not, when it is another front or no OpenStack resource", () => {
    const password = recorded("random:index/randomPassword:RandomPassword", "key", {});
    const first = server("ps-0", [password.urn]);
    const { resource } = terraformConfiguration([password, first, server("ps-1", [first.urn])], "together");
    expect(resource.openstack_compute_instance_v2?.["ps-0"]).not.toHaveProperty("depends_on");
    expect(resource.openstack_compute_instance_v2?.["ps-1"]).not.toHaveProperty("depends_on");
    expect(Object.keys(resource)).toEqual(["openstack_compute_instance_v2"]);
  });
});

test("a front that joined drained is written as one that serves", () => {
  const member = recorded("openstack:loadbalancer/member:Member", "ps-2", {
    inputs: { weight: 0, address: "10.10.1.12" },
  });
  expect(terraformConfiguration([member], "together").resource.openstack_lb_member_v2).toEqual({
    "ps-2": { weight: 1, address: "10.10.1.12" },
  });
});

test("an input that Terraform's schema does not name is refused", () => {
  expect(() => terraformConfiguration([{ ...subnet, inputs: { unheardOf: 1 } }], "together")).toThrow(
    /Subnet.unheardOf/,
  );
});

function secret(text: string): unknown {
  return { [specialKey]: secretMark, plaintext: JSON.stringify(text) };
}
