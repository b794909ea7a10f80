import type { LocalCloud } from "../local-cloud.ts";
import type { PackageAdapters } from "../provider/resource-adapter.ts";
import { SecretAdapter } from "./barbican/provider.ts";
import { VolumeAdapter } from "./cinder/provider.ts";
import { openstackFunctions } from "./functions.ts";
import { openstackInputRules } from "./input-rules.ts";
import { NetworkAdapter, SubnetAdapter } from "./neutron/network-provider.ts";
import { PortAdapter } from "./neutron/port-provider.ts";
import {
  FloatingIpAdapter,
  FloatingIpAssociateAdapter,
  RouterAdapter,
  RouterInterfaceAdapter,
} from "./neutron/router-provider.ts";
import { SecurityGroupAdapter, SecurityGroupRuleAdapter } from "./neutron/security-group-provider.ts";
import { InstanceAdapter } from "./nova/instance-provider.ts";
import { KeypairAdapter, ServerGroupAdapter, VolumeAttachAdapter } from "./nova/provider.ts";
import { ListenerAdapter, LoadBalancerAdapter } from "./octavia/load-balancer-provider.ts";
import { MemberAdapter } from "./octavia/member-provider.ts";
import { MonitorAdapter } from "./octavia/monitor-provider.ts";
import { PoolAdapter } from "./octavia/pool-provider.ts";
import { ContainerAdapter, ContainerObjectAdapter } from "./swift/provider.ts";

/** Every type of the openstack package that the local cloud serves. */
export function openstackAdapters(cloud: LocalCloud): PackageAdapters {
  return {
    resources: {
      "openstack:compute/instance:Instance": new InstanceAdapter(cloud),
      "openstack:compute/keypair:Keypair": new KeypairAdapter(cloud),
      "openstack:compute/serverGroup:ServerGroup": new ServerGroupAdapter(cloud),
      "openstack:compute/volumeAttach:VolumeAttach": new VolumeAttachAdapter(cloud),
      "openstack:blockstorage/volume:Volume": new VolumeAdapter(cloud),
      "openstack:networking/network:Network": new NetworkAdapter(cloud),
      "openstack:networking/subnet:Subnet": new SubnetAdapter(cloud),
      "openstack:networking/port:Port": new PortAdapter(cloud),
      "openstack:networking/router:Router": new RouterAdapter(cloud),
      "openstack:networking/routerInterface:RouterInterface": new RouterInterfaceAdapter(cloud),
      "openstack:networking/floatingIp:FloatingIp": new FloatingIpAdapter(cloud),
      "openstack:networking/floatingIpAssociate:FloatingIpAssociate": new FloatingIpAssociateAdapter(cloud),
      "openstack:networking/secGroup:SecGroup": new SecurityGroupAdapter(cloud),
      "openstack:networking/secGroupRule:SecGroupRule": new SecurityGroupRuleAdapter(cloud),
      "openstack:loadbalancer/loadBalancer:LoadBalancer": new LoadBalancerAdapter(cloud),
      "openstack:loadbalancer/listener:Listener": new ListenerAdapter(cloud),
      "openstack:loadbalancer/pool:Pool": new PoolAdapter(cloud),
      "openstack:loadbalancer/member:Member": new MemberAdapter(cloud),
      "openstack:loadbalancer/monitor:Monitor": new MonitorAdapter(cloud),
      "openstack:objectstorage/container:Container": new ContainerAdapter(cloud),
      "openstack:objectstorage/containerObject:ContainerObject": new ContainerObjectAdapter(cloud),
      "openstack:keymanager/secretV1:SecretV1": new SecretAdapter(cloud),
    },
    functions: openstackFunctions(cloud),
    updateKeepsSets: true,
    keepsDefaults: true,
    inputRules: openstackInputRules,
  };
}
