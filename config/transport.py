"""Celery's way to Redis, mended where a broker that hangs would stop a worker for good.

A worker takes a few messages at a time, and one more for each that it is done with. When the
broker hangs at that moment, Celery logs that it could not say so, and kombu goes on counting the
message as being worked on: after as many as the worker has processes it takes none any more.
"""

from kombu.transport import TRANSPORT_ALIASES, redis, virtual


class QoS(redis.QoS):
    """Counts a message as done also where the broker could not be told.

    The broker gives it out again after its visibility timeout, as after the death of a worker.
    """

    def ack(self, delivery_tag: str) -> None:
        """Say that a message is done."""
        try:
            super().ack(delivery_tag)
        except Exception:
            virtual.QoS.ack(self, delivery_tag)
            raise

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        """Say that a message is not done and, maybe, for somebody else."""
        try:
            super().reject(delivery_tag, requeue=requeue)
        except Exception:
            virtual.QoS.ack(self, delivery_tag)
            raise


class Channel(redis.Channel):
    """A channel that counts so."""

    QoS = QoS


class Transport(redis.Transport):
    """A connection with such channels."""

    Channel = Channel


def use() -> None:
    """Have every URL of Redis mean this transport."""
    for scheme in ("redis", "rediss"):
        TRANSPORT_ALIASES[scheme] = f"{__name__}:Transport"
