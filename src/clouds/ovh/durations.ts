import type { CloudDurations } from "../../domain/operation-durations.ts";

/**
 * Estimates from a small OpenStack without real disks and from the waits in the providers' sources (docs/decisions/forecast-durations.md). Not measured
 * on OVHcloud.
 */
export const durations: CloudDurations = {
  resources: [
    ["openstack:compute/instance:Instance", { create: 60, update: 90, delete: 20 }],
    ["openstack:compute/volumeAttach:VolumeAttach", { create: 10, update: 10, delete: 10 }],
    ["openstack:blockstorage/volume:Volume", { create: 10, update: 10, delete: 10 }],
    ["openstack:loadbalancer/member:Member", { create: 10, update: 5, delete: 10 }],
    ["openstack:loadbalancer/", { create: 15, update: 10, delete: 10 }],
    ["openstack:networking/routerInterface:RouterInterface", { create: 10, update: 5, delete: 15 }],
    ["openstack:networking/router:Router", { create: 15, update: 5, delete: 10 }],
    ["openstack:networking/", { create: 5, update: 3, delete: 5 }],
    ["ovh:CloudProject/database:Database", { create: 900, update: 600, delete: 60 }],
    ["ovh:CloudProject/loadBalancer:LoadBalancer", { create: 180, update: 120, delete: 60 }],
    ["ovh:CloudProjectDatabase/", { create: 20, update: 15, delete: 15 }],
    ["ovh:Vrack/", { create: 60, update: 5, delete: 60 }],
  ],
  stages: [
    "ovh:Vrack/",
    "openstack:networking/network:",
    "openstack:networking/subnet:",
    "openstack:networking/router:",
    "openstack:networking/routerInterface:",
    "openstack:networking/",
    "openstack:blockstorage/",
    "ovh:CloudProject/",
    "ovh:CloudProjectDatabase/",
    "openstack:compute/instance:",
    "openstack:compute/",
    "openstack:loadbalancer/",
  ],
  switched: {
    loadBalancer: "ovh:CloudProject/loadBalancer:LoadBalancer",
    machine: "openstack:compute/instance:Instance",
    joining: ["openstack:compute/volumeAttach:VolumeAttach", "openstack:loadbalancer/member:Member"],
  },
};
