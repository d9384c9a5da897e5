"""Times Cloud Custodian's PolicyChecker, as its cross-account filter sets it up, for exposure.rs.

Arguments: the own account, and how many checks make one measurement. The first line of standard
input is a JSON list of documents; every further line is the place of one of them, answered with the
microseconds of one check.
"""

import json
import logging
import sys
import time

from c7n.filters.iamaccess import PolicyChecker

account, rounds = sys.argv[1], int(sys.argv[2])
# It warns of every condition key it does not know; writing that is not part of checking.
logging.disable(logging.CRITICAL)
checker = PolicyChecker({
    "allowed_accounts": {account},
    "allowed_vpc": set(),
    "allowed_vpce": set(),
    "allowed_orgid": set(),
    "allowed_org_units": set(),
    "check_actions": (),
    "everyone_only": False,
    "whitelist_conditions": ("aws:userid", "aws:username"),
    "whitelist_patterns": set(),
    "return_allowed": False,
})
documents = json.loads(sys.stdin.readline())
for line in sys.stdin:
    document = documents[int(line)]
    start = time.perf_counter()
    for _ in range(rounds):
        checker.check(document)
    print((time.perf_counter() - start) / rounds * 1e6, flush=True)
