"""An open loop: events sent when they are due, whether or not earlier ones were answered.

    python -m tests.bench.sender BROKERS RATE SECONDS END_USERS BEGIN

Event number n is due at BEGIN + n / RATE, by the clock. It is sent then, or at once where the sender is late;
its latency counts from when it was due.
"""

import sys
import time

from confluent_kafka import Producer

from tests.bench.events import events


def send(brokers: str, rate: int, seconds: int, end_users: int, begin: float) -> None:
    """Send download requests at `rate` a second for so long."""
    producer = Producer(
        {
            "bootstrap.servers": brokers,
            "partitioner": "murmur2_random",
            "acks": "all",
            "queue.buffering.max.messages": 1_000_000,
        }
    )
    for number, (topic, key, value) in enumerate(events(rate * seconds, 0, end_users)):
        wait = begin + number / rate - time.time()
        if wait > 0:
            time.sleep(wait)
        producer.produce(topic, value, key)
        producer.poll(0)
    producer.flush(60)


if __name__ == "__main__":
    brokers, *numbers, begin = sys.argv[1:]
    send(brokers, *map(int, numbers), float(begin))
