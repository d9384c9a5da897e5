"""EC2's network interfaces: what is documented, and how AWS words it is not held against anything."""

import unittest

from running import EmulatorTest, control, raw

GIVEN = {"interface": "eni-0a1b2c3d4e5f60718", "type": "lambda", "subnet": "subnet-1", "groups": ["sg-1", "sg-2"],
         "addresses": ["10.0.1.5", "2001:db8::5"], "description": "AWS Lambda VPC ENI-<orders>-1"}  # fmt: skip


class Interfaces(EmulatorTest):
    def setUp(self) -> None:
        super().setUp()
        self.region = f"xx-interface{self.name.rpartition('-')[2]}-1"
        control("POST", "/_emulator/interface", {"region": self.region, **GIVEN})

    def ask(self, one: str) -> tuple[int, str]:
        form = f"Action=DescribeNetworkInterfaces&Version=2016-11-15&NetworkInterfaceId.1={one}"
        return raw(self.key, "ec2", self.region, form=form)

    def test_an_interface_is_described_with_what_people_wrote_escaped(self):
        status, body = self.ask(GIVEN["interface"])
        self.assertEqual(200, status, body)
        for part in ("<interfaceType>lambda</interfaceType>", "<groupId>sg-2</groupId>", "ENI-&lt;orders&gt;",
                     "<ipv6Address>2001:db8::5</ipv6Address>"):  # fmt: skip
            self.assertIn(part, body)

    def test_what_is_not_there_and_what_is_no_id_are_refused(self):
        for one, code in (("eni-0a1b2c3d4e5f60719", "InvalidNetworkInterfaceID.NotFound"),
                          ("eni-1", "InvalidNetworkInterfaceId.Malformed")):  # fmt: skip
            status, body = self.ask(one)
            self.assertEqual((400, True), (status, f"<Code>{code}</Code>" in body), body)


if __name__ == "__main__":
    unittest.main()
