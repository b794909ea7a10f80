"""A volume is a sparse file, a snapshot a sparse copy of it: no LVM, iSCSI or loop device is needed."""
import os
import shutil
import subprocess

from cinder.image import image_utils
from cinder.volume import configuration
from cinder.volume import driver
from oslo_config import cfg

OPTIONS = [cfg.StrOpt("sparse_files_folder")]
cfg.CONF.register_opts(OPTIONS, group=configuration.SHARED_CONF_GROUP)
GIBIBYTE = 1024 ** 3


class SparseFileDriver(driver.VolumeDriver):
    VERSION = "1.0"

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.configuration.append_config_values(OPTIONS)
        self.folder = self.configuration.sparse_files_folder

    def check_for_setup_error(self):
        pass

    def path(self, thing):
        return os.path.join(self.folder, thing.name)

    def copy(self, source, target, gibibytes):
        subprocess.check_call(["cp", "--sparse=always", self.path(source), self.path(target)])
        os.truncate(self.path(target), gibibytes * GIBIBYTE)

    def create_volume(self, volume):
        with open(self.path(volume), "wb") as file:
            file.truncate(volume.size * GIBIBYTE)

    def delete_volume(self, volume):
        if os.path.exists(self.path(volume)):
            os.unlink(self.path(volume))

    def extend_volume(self, volume, new_size):
        os.truncate(self.path(volume), new_size * GIBIBYTE)

    def create_snapshot(self, snapshot):
        self.copy(snapshot.volume, snapshot, snapshot.volume_size)

    delete_snapshot = delete_volume

    def create_volume_from_snapshot(self, volume, snapshot):
        self.copy(snapshot, volume, volume.size)

    def create_cloned_volume(self, volume, source):
        self.copy(source, volume, volume.size)

    def copy_image_to_volume(self, context, volume, image_service, image_id):
        block = self.configuration.volume_dd_blocksize
        image_utils.fetch_to_raw(context, image_service, image_id, self.path(volume), block, size=volume.size)
        os.truncate(self.path(volume), volume.size * GIBIBYTE)

    def copy_volume_to_image(self, context, volume, image_service, image_meta):
        with open(self.path(volume), "rb") as file:
            image_service.update(context, image_meta["id"], {}, file)

    # The pretended hypervisor is on the same machine and only wants to hear where the volume is.

    def initialize_connection(self, volume, connector):
        return {"driver_volume_type": "local", "data": {"device_path": self.path(volume)}}

    def terminate_connection(self, volume, connector, **options):
        pass

    def create_export(self, context, volume, connector):
        pass

    def ensure_export(self, context, volume):
        pass

    def remove_export(self, context, volume):
        pass

    def _update_volume_stats(self):
        # Sparse files: the disk is as large as one says.
        self._stats = {
            "volume_backend_name": self.configuration.safe_get("volume_backend_name"),
            "vendor_name": "lor-infra",
            "driver_version": self.VERSION,
            "storage_protocol": "local",
            "total_capacity_gb": 100000,
            "free_capacity_gb": max(shutil.disk_usage(self.folder).free // GIBIBYTE, 90000),
            "reserved_percentage": 0,
            "QoS_support": False,
            "multiattach": True,
            "thin_provisioning_support": True,
            "max_over_subscription_ratio": 100,
        }
