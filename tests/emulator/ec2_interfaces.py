"""EC2's network interfaces, as Lambda makes them: moto 5.2.5 lets callers make interfaces, but none of Lambda's type.

POST /_emulator/interface {"region": R, "interface": "eni-...", "type", "subnet", "groups": [...], "addresses": [...],
"description"?} makes one.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
"""

import re
import threading
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from aws_operations import Call
from messages import Request, Response

ID = re.compile(r"eni-[0-9a-f]{8}([0-9a-f]{9})?")
NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/"


class Interfaces:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.of: dict[tuple[str, str], dict] = {}

    def clear(self) -> None:
        with self.lock:
            self.of.clear()

    def make(self, asked: dict) -> None:
        if not ID.fullmatch(asked["interface"]) or not asked["addresses"]:
            raise ValueError("an interface has an id and an address")
        with self.lock:
            self.of[asked["region"], asked["interface"]] = asked

    def answer(self, call: Call, request: Request) -> Response | None:
        if call.operation != "DescribeNetworkInterfaces":
            return None
        asked = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        if asked.get("Version") != "2016-11-15":
            return refused("InvalidParameterValue", f"version {asked.get('Version')}")
        ids = [value for name, value in asked.items() if name.startswith("NetworkInterfaceId.")]
        if not ids:
            return refused("MissingParameter", "only interfaces that are named are described here")
        for one in ids:
            if not ID.fullmatch(one):
                return refused("InvalidNetworkInterfaceId.Malformed", f"Invalid id: \"{one}\"")
        with self.lock:
            found = [self.of.get((call.region, one)) for one in ids]
        for one, interface in zip(ids, found):
            if interface is None:
                return refused("InvalidNetworkInterfaceID.NotFound", f"The networkInterface ID '{one}' does not exist")
        items = "".join(described(interface) for interface in found)
        body = f'<DescribeNetworkInterfacesResponse xmlns="{NAMESPACE}"><requestId>emulated</requestId>'
        body += f"<networkInterfaceSet>{items}</networkInterfaceSet></DescribeNetworkInterfacesResponse>"
        return Response(200, body.encode(), [("Content-Type", "text/xml;charset=UTF-8")])


def described(interface: dict) -> str:
    v4 = [address for address in interface["addresses"] if ":" not in address]
    v6 = [address for address in interface["addresses"] if ":" in address]
    groups = "".join(f"<item><groupId>{group}</groupId><groupName>g</groupName></item>" for group in interface["groups"])
    addresses = "".join(f"<item><privateIpAddress>{address}</privateIpAddress></item>" for address in v4)
    addresses6 = "".join(f"<item><ipv6Address>{address}</ipv6Address></item>" for address in v6)
    return (
        f"<item><networkInterfaceId>{interface['interface']}</networkInterfaceId>"
        f"<subnetId>{interface['subnet']}</subnetId><vpcId>vpc-00000000000000001</vpcId>"
        f"<description>{escape(interface.get('description', ''))}</description><ownerId>111122223333</ownerId>"
        f"<requesterManaged>true</requesterManaged><status>in-use</status>"
        f"<privateIpAddress>{v4[0] if v4 else ''}</privateIpAddress><groupSet>{groups}</groupSet>"
        f"<privateIpAddressesSet>{addresses}</privateIpAddressesSet><ipv6AddressesSet>{addresses6}</ipv6AddressesSet>"
        f"<tagSet/><interfaceType>{interface['type']}</interfaceType></item>"
    )


def refused(code: str, message: str) -> Response:
    """EC2 has a form of its own: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html"""
    error = f"<Errors><Error><Code>{code}</Code><Message>{escape(message)}</Message></Error></Errors>"
    body = f"<Response>{error}<RequestID>emulated</RequestID></Response>"
    return Response(400, body.encode(), [("Content-Type", "text/xml;charset=UTF-8")])
