import { certificateSettings } from "../../config/certificate-fields.ts";
import type { ListenerCertificate } from "../contract.ts";
import { partNames } from "./address-plan.ts";
import { publicAddress } from "./dns.ts";
import type { LorPlan } from "./plan-model.ts";
import type { LorSettings } from "./settings.ts";

/** The shop's certificate, whose HTTPS ends at the load balancer. */
export const certificate: ListenerCertificate<LorSettings, LorPlan> = {
  variable: "LOR_TLS_PKCS12_FILE",
  domains: ({ prestashop }) => [prestashop.domain],
  source: ({ certificates, administration }) => certificateSettings(certificates, administration.email),
  zone: ({ dns }) => dns.zone,
  installed: ({ loadBalancer: { cloudName } }) => ({
    resources: [
      { type: "openstack:keymanager/secretV1:SecretV1", name: partNames.loadBalancer },
      { type: "openstack:loadbalancer/listener:Listener", name: "https" },
    ],
    secret: `${cloudName}-certificate`,
    listener: `${cloudName}-https`,
  }),
  publicAddress: (outputs) => publicAddress(outputs, "loadBalancer"),
  ofMachines: (settings, outputs) => [
    { machine: "odoo", domain: settings.odoo.domain, address: publicAddress(outputs, "odoo") },
  ],
};
