#!/bin/bash
# A shop as somebody makes it with the `openstack` client, most of it under the names that lor-infra would give. What is called otherwise is printed,
# as lines of a file for `lor-infra import --map`.
#   by-hand.sh make CERTIFICATE.p12
#   by-hand.sh remove      whatever of it is there
set -euo pipefail

prefix=shop-prod
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Name, third number of the subnet, name of the network in the cloud.
parts=(lb:0:$prefix-lb prestashop:1:web-net mysql:2:$prefix-mysql odoo:3:$prefix-odoo postgresql:4:$prefix-postgresql)

make_networks() {
  openstack router create "$prefix-router"
  openstack router set --external-gateway Ext-Net "$prefix-router"
  for part in "${parts[@]}"; do
    IFS=: read -r _ number name <<<"$part"
    openstack network create "$name"
    openstack subnet create --network "$name" --subnet-range "10.10.$number.0/24" --gateway "10.10.$number.254" \
      --allocation-pool "start=10.10.$number.100,end=10.10.$number.250" --dns-nameserver 213.186.33.99 "$name"
    openstack router add subnet "$prefix-router" "$name"
  done
}

make_group() {
  local name=$1
  shift
  openstack security group create "$name"
  for rule in "$@"; do
    openstack security group rule create --ingress --ethertype IPv4 --protocol tcp --dst-port "${rule%%=*}" \
      --remote-ip "${rule#*=}" "$name"
  done
}

# Name, network, address, flavor, size of the volume is always the same.
make_server() {
  local name=$1 network=$2 address=$3 flavor=$4 group=$5
  shift 5
  openstack port create --network "$network" --fixed-ip "subnet=$network,ip-address=$address" --security-group "$group" "$name"
  openstack server create --wait --flavor "$flavor" --image "Debian 12" --port "$name" --user-data "$work/user-data" "$@" "$name"
  openstack volume create --size 100 --type high-speed "files of $name"
  until [ "$(openstack volume show -f value -c status "files of $name")" = available ]; do sleep 1; done
  openstack server add volume "$name" "files of $name"
}

make_balancer() {
  local certificate=$1
  openstack loadbalancer create --wait --name "$prefix-lb" --vip-subnet-id "$prefix-lb" --vip-address 10.10.0.1
  local secret
  secret=$(openstack secret store --name "$prefix-lb-certificate" --secret-type opaque --payload-content-type application/octet-stream \
    --payload-content-encoding base64 --payload "$(base64 -w0 "$certificate")" -f value -c "Secret href")
  openstack loadbalancer pool create --wait --name "$prefix-lb-pool" --protocol HTTP --lb-algorithm LEAST_CONNECTIONS \
    --loadbalancer "$prefix-lb"
  openstack loadbalancer healthmonitor create --wait --name "$prefix-lb-health" --type HTTP --http-method GET --url-path /health \
    --expected-codes 200 --delay 5 --timeout 4 --max-retries 2 --max-retries-down 2 "$prefix-lb-pool"
  local headers=X-Forwarded-For=true,X-Forwarded-Port=true,X-Forwarded-Proto=true
  openstack loadbalancer listener create --wait --name "$prefix-lb-http" --protocol HTTP --protocol-port 80 \
    --default-pool "$prefix-lb-pool" --insert-headers "$headers" "$prefix-lb"
  openstack loadbalancer listener create --wait --name "$prefix-lb-https" --protocol TERMINATED_HTTPS --protocol-port 443 \
    --default-pool "$prefix-lb-pool" --insert-headers "$headers" --default-tls-container-ref "$secret" "$prefix-lb"
  for front in 0 1; do
    openstack loadbalancer member create --wait --name "$prefix-ps-$front" --address "10.10.1.1$front" --protocol-port 80 \
      --subnet-id web-net "$prefix-lb-pool"
  done
}

make() {
  exec 3>&1 1>&2
  printf '#cloud-config\nhostname: made-by-hand\n' >"$work/user-data"
  make_networks
  make_balancer "$1" &
  local balancer=$!
  make_group "$prefix-prestashop" 80=10.10.0.0/24 80=10.10.1.0/24
  make_group "$prefix-odoo" 80=0.0.0.0/0 443=0.0.0.0/0
  local group
  group=$(openstack --os-compute-api-version 2.15 server group create --policy soft-anti-affinity "$prefix-fronts" -f value -c id)
  for front in 0 1; do
    make_server "$prefix-ps-$front" web-net "10.10.1.1$front" b2-7-flex "$prefix-prestashop" --hint "group=$group"
  done
  make_server "$prefix-odoo" "$prefix-odoo" 10.10.3.10 b2-15-flex "$prefix-odoo"
  wait "$balancer"
  local shop erp
  shop=$(openstack floating ip create Ext-Net -f value -c floating_ip_address)
  openstack floating ip set --port "$(openstack loadbalancer show "$prefix-lb" -f value -c vip_port_id)" "$shop"
  erp=$(openstack floating ip create Ext-Net --port "$prefix-odoo" -f value -c floating_ip_address)
  cat >&3 <<LINES
Network prestashop: web-net
Subnet prestashop: web-net
FloatingIp lb: $shop
FloatingIp odoo: $erp
Volume ps-0-data: files of $prefix-ps-0
Volume ps-1-data: files of $prefix-ps-1
Volume odoo-data: files of $prefix-odoo
LINES
}

each() { openstack "$@" -f value -c ID 2>/dev/null || true; }

remove() {
  set +e
  for id in $(openstack loadbalancer list -f value -c id); do openstack loadbalancer delete --wait --cascade "$id"; done
  for id in $(each server list); do openstack server delete --wait "$id"; done
  for id in $(each volume list); do openstack volume delete "$id"; done
  for id in $(each floating ip list); do openstack floating ip delete "$id"; done
  for router in $(each router list); do
    for subnet in $(each subnet list); do openstack router remove subnet "$router" "$subnet" 2>/dev/null; done
    openstack router delete "$router"
  done
  for id in $(each port list); do openstack port delete "$id" 2>/dev/null; done
  for id in $(each network list --internal); do openstack network delete "$id"; done
  for name in "$prefix-prestashop" "$prefix-odoo"; do openstack security group delete "$name" 2>/dev/null; done
  for id in $(each server group list); do openstack server group delete "$id"; done
  for href in $(openstack secret list -f value -c "Secret href"); do openstack secret delete "$href"; done
  true
}

"$@"
