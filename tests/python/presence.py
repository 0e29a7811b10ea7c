"""ann and bo see by paho-mqtt who is there, who writes, and what the other signals: HOST PORT VERSION ROOM ANN'S-PASSWORD BO'S-TOKEN

The server's grace is short. bo is lost twice: once he is back in time, and once he is not, with a will.
"""

import json
import sys
import time

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from device import Device

HOST, PORT, VERSION, ROOM, ANN, BO = sys.argv[1:]
IS_5 = VERSION == "5"
PROTOCOL = mqtt.MQTTv5 if IS_5 else mqtt.MQTTv311


def heard(device, topic):
    """The next message on this topic; others are passed over."""
    while True:
        message = device.hear()
        if message.topic == topic:
            return message


def state(ann):
    message = heard(ann, "users/bo/presence")
    return json.loads(message.payload)["state"], bool(message.retain)


def main():
    ann = Device((HOST, PORT), "ann", ANN, f"watch-{VERSION}", PROTOCOL)
    will = ("me/presence", '{"state": "away", "text": "in a tunnel"}', 1)
    bo = Device((HOST, PORT), "bo", BO, "phone", PROTOCOL, will=will)
    ann.subscribe("users/+/presence")
    assert state(ann) == ("online", True)
    bo.say("me/presence", '{"state": "busy", "text": "in a meeting"}')
    assert state(ann) == ("busy", False)

    bo.cut()
    assert state(ann) == ("away", False), "the will says so"
    bo = Device((HOST, PORT), "bo", BO, "phone", PROTOCOL, will=will)
    assert state(ann) == ("busy", False), "he is as he was"

    for topic in (f"rooms/{ROOM}/typing", f"plain/rooms/{ROOM}/signal"):
        ann.subscribe(topic)
    bo.say(f"rooms/{ROOM}/typing", '{"typing": true}', qos=0)
    typing = json.loads(heard(ann, f"rooms/{ROOM}/typing").payload)
    assert typing == {"room": ROOM, "user": "bo", "typing": True}, typing
    bo.say(f"plain/rooms/{ROOM}/signal", b"\xff offer")
    signal = heard(ann, f"plain/rooms/{ROOM}/signal")
    assert signal.payload == b"\xff offer", signal.payload
    if IS_5:
        assert ("from", "bo") in signal.properties.UserProperty, signal.properties

    bo.leave()
    assert json.loads(heard(ann, f"rooms/{ROOM}/typing").payload)["typing"] is False, "his last device went"
    assert state(ann) == ("offline", False)
    if IS_5:
        properties = Properties(PacketTypes.CONNECT)
        properties.UserProperty = ("state", "background")
        bo = Device((HOST, PORT), "bo", BO, "phone", PROTOCOL, properties=properties)
        assert state(ann) == ("away", False), "his app is in the background"
        bo.leave()
        assert state(ann) == ("offline", False)
    time.sleep(0.1)
    ann.leave()
    print("all is well")


main()
