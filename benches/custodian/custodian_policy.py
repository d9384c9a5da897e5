"""The handler as Cloud Custodian ships it with every policy (c7n/mu.py)."""

from c7n import handler


def run(event, context):
    return handler.dispatch_event(event, context)
