"""Which account an access key acts in: its own if IAM or STS handed it out, else the tests' account."""

from moto.core import DEFAULT_ACCOUNT_ID as MOTO_ACCOUNT
from moto.iam.models import get_account_id_from

TEST_ACCOUNT = "111122223333"


def account_of(access_key: str) -> str:
    account = get_account_id_from(access_key)
    return TEST_ACCOUNT if account == MOTO_ACCOUNT else account
