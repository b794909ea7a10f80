import type { LocalCloud } from "../../behaviour/local-cloud.ts";
import type { PackageAdapters } from "../resource-adapter.ts";
import { KeypairAdapter, ServerGroupAdapter, VolumeAttachAdapter } from "./compute.ts";
import { openstackFunctions } from "./functions.ts";
import { openstackInputRules } from "./input-rules.ts";
import { InstanceAdapter } from "./instance.ts";
import { ListenerAdapter, LoadBalancerAdapter } from "./load-balancer.ts";
import { MemberAdapter } from "./member.ts";
import { MonitorAdapter } from "./monitor.ts";
import { NetworkAdapter, SubnetAdapter } from "./network.ts";
import { ContainerAdapter, ContainerObjectAdapter } from "./object-storage.ts";
import { PoolAdapter } from "./pool.ts";
import { PortAdapter } from "./port.ts";
import { FloatingIpAdapter, FloatingIpAssociateAdapter, RouterAdapter, RouterInterfaceAdapter } from "./router.ts";
import { SecretAdapter } from "./secret.ts";
import { SecurityGroupAdapter, SecurityGroupRuleAdapter } from "./security-group.ts";
import { VolumeAdapter } from "./volume.ts";

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
    updateKeepsOutputs: true,
    inputRules: openstackInputRules,
  };
}
