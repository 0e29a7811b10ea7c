"""ann sees by paho-mqtt how far her message came to bo: HOST PORT VERSION ROOM ANN'S-PASSWORD BO'S-TOKEN

paho acknowledges by itself what it heard at QoS 1. Who subscribes is told the state at once, with RETAIN; what changes comes
without. The same is heard in CBOR.
"""

import json
import sys

import cbor2
import paho.mqtt.client as mqtt

from device import Device

HOST, PORT, VERSION, ROOM, ANN, BO = sys.argv[1:]
PROTOCOL = mqtt.MQTTv5 if VERSION == "5" else mqtt.MQTTv311

#: The numbers of the keys in CBOR.
IN_CBOR = {1: "room", 13: "user", 28: "delivered", 29: "read"}


def told(message):
    if message.topic.startswith("cbor/"):
        return {IN_CBOR[key]: value for key, value in cbor2.loads(message.payload).items()}
    return json.loads(message.payload)


def until(device, topic, user, delivered, read):
    """Hears receipts until this one, and gives its message."""
    while True:
        message = device.hear()
        if message.topic == topic and told(message) == {
            "room": ROOM,
            "user": user,
            "delivered": delivered,
            "read": read,
        }:
            return message


def main():
    ann = Device((HOST, PORT), "ann", ANN, "phone", PROTOCOL)
    bo = Device((HOST, PORT), "bo", BO, "phone", PROTOCOL)
    bo.subscribe("rooms/+/said")
    ann.subscribe("rooms/+/receipts", qos=0)
    ann.subscribe(f"cbor/rooms/{ROOM}/receipts", qos=0)
    ann.say(f"rooms/{ROOM}/say", "hello")
    assert not until(ann, f"rooms/{ROOM}/receipts", "bo", 2, 0).retain
    bo.say(f"rooms/{ROOM}/read", "2")
    until(ann, f"cbor/rooms/{ROOM}/receipts", "bo", 2, 2)

    late = Device((HOST, PORT), "ann", ANN, "desk", PROTOCOL)
    late.subscribe(f"rooms/{ROOM}/receipts", qos=0)
    messages = [late.hear(), late.hear()]
    assert all(message.retain for message in messages), messages
    state = sorted((one["user"], one["delivered"], one["read"]) for one in map(told, messages))
    assert state == [("ann", 2, 2), ("bo", 2, 2)], state
    for device in (ann, bo, late):
        device.leave()
    print("all is well")


main()
