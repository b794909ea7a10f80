"""OVHcloud's Neutron knows a network type of its own: a VLAN of the project's vRack. Here such a network becomes an ordinary one of the tenant."""
import io
import json


class VrackNetworks:
    def __init__(self, application):
        self.application = application

    def __call__(self, environ, start_response):
        if environ["REQUEST_METHOD"] == "POST" and environ["PATH_INFO"].rstrip("/").endswith("/networks"):
            self.translate(environ)
        return self.application(environ, start_response)

    @staticmethod
    def translate(environ):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        wanted = json.loads(body)
        network = wanted.get("network", {})
        if network.get("provider:network_type") == "vrack":
            # Only an administrator may choose a type and a number.
            del network["provider:network_type"]
            network.pop("provider:segmentation_id", None)
            body = json.dumps(wanted).encode()
        environ["wsgi.input"] = io.BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))


def filter_factory(_global_configuration, **_configuration):
    return VrackNetworks
