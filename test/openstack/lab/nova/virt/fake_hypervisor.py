"""Nova's own pretended hypervisor, and what a real one does besides: it plugs ports, and a snapshot has content.

A port is plugged here, after Neutron has committed its binding. A program that watched OVN and plugged from outside was faster than that
commit: Neutron then gave up after ten attempts and left the port DOWN for good.
"""
import io
import os

import nova.conf
from nova import exception
from nova.compute import task_states
from nova.image import glance
from nova.virt import fake
from oslo_concurrency import processutils

CONF = nova.conf.CONF


def switch(*arguments):
    processutils.execute("ovs-vsctl", "--db=" + os.environ["LOR_INFRA_SWITCH_DATABASE"], "--no-wait", *arguments)


def device(vif):
    return "tap" + vif["id"][:11]


def plug(network_info):
    for vif in network_info or ():
        switch(
            "--may-exist", "add-port", "br-int", device(vif),
            "--", "set", "Interface", device(vif), "type=dummy", "external_ids:iface-id=" + vif["id"],
        )


def unplug(network_info):
    for vif in network_info or ():
        switch("--if-exists", "del-port", "br-int", device(vif))


def ordered(name):
    """Whether a test has left an order of that name in the folder above the hosts' own; it is carried out once."""
    try:
        os.unlink(os.path.join(os.path.dirname(CONF.state_path), name))
        return True
    except FileNotFoundError:
        return False


class SwitchedFakeDriver(fake.FakeDriver):
    vcpus = 64
    memory_mb = 256 * 1024
    local_gb = 10000
    capabilities = dict(fake.FakeDriver.capabilities, supports_migrate_to_same_host=True)

    def plug_vifs(self, instance, network_info):
        plug(network_info)

    def unplug_vifs(self, instance, network_info):
        unplug(network_info)

    def spawn(self, context, instance, image_meta, injected_files, admin_password, allocations, network_info=None, **options):
        super().spawn(
            context, instance, image_meta, injected_files, admin_password, allocations, network_info=network_info, **options
        )
        plug(network_info)

    def destroy(self, context, instance, network_info, *arguments, **options):
        super().destroy(context, instance, network_info, *arguments, **options)
        unplug(network_info)

    def attach_interface(self, context, instance, image_meta, vif):
        super().attach_interface(context, instance, image_meta, vif)
        plug([vif])

    def detach_interface(self, context, instance, vif):
        super().detach_interface(context, instance, vif)
        unplug([vif])

    # A resize. The parent starts the guest again without naming its ports: they are plugged afterwards.

    def migrate_disk_and_power_off(self, context, instance, dest, flavor, network_info, *arguments, **options):
        if ordered("fail-next-resize"):
            raise exception.NovaException("the pretended hypervisor was told to fail")
        unplug(network_info)
        return super().migrate_disk_and_power_off(context, instance, dest, flavor, network_info, *arguments, **options)

    def finish_migration(self, context, migration, instance, disk_info, network_info, *arguments, **options):
        super().finish_migration(context, migration, instance, disk_info, network_info, *arguments, **options)
        plug(network_info)

    def finish_revert_migration(self, context, instance, network_info, *arguments, **options):
        super().finish_revert_migration(context, instance, network_info, *arguments, **options)
        plug(network_info)

    def reboot(self, context, instance, network_info, *arguments, **options):
        super().reboot(context, instance, network_info, *arguments, **options)
        plug(network_info)

    def snapshot(self, context, instance, image_id, update_task_state):
        """Uploads a few bytes: an image without content never becomes active."""
        if instance.uuid not in self.instances:
            raise exception.InstanceNotRunning(instance_id=instance.uuid)
        update_task_state(task_state=task_states.IMAGE_PENDING_UPLOAD)
        images = glance.API()
        image = images.get(context, image_id)
        update_task_state(task_state=task_states.IMAGE_UPLOADING, expected_state=task_states.IMAGE_PENDING_UPLOAD)
        described = {
            "name": image.get("name"),
            "disk_format": "raw",
            "container_format": "bare",
            "properties": image.get("properties", {}),
        }
        images.update(context, image_id, described, data=io.BytesIO(b"disk of " + instance.uuid.encode()))

    def resume_state_on_host_boot(self, context, instance, network_info, block_device_info=None):
        """The pretended guests live in memory: brings back what the database says was here."""
        if instance.uuid not in self.instances:
            self.spawn(
                context, instance, instance.image_meta, [], None, None,
                network_info=network_info, block_device_info=block_device_info,
            )
