"""Exit 0 when a worker answers on the queue. pretix itself is not loaded for this: it would take seconds."""

import os
import sys

from celery import Celery

if __name__ == "__main__":
    queue = Celery(broker=os.environ["PRETIX_CELERY_BROKER"])
    # As pretix writes the names of its queues.
    queue.conf.broker_transport_options = {"sep": ":"}
    if not queue.control.ping(timeout=5, limit=1):
        sys.exit("no worker answers")
