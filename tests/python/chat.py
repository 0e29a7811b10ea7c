"""ann and bo chat by paho-mqtt: HOST PORT VERSION ROOM ANN'S-PASSWORD BO'S-TOKEN

bo is away while ann says most of it, and hears it all, in order, when he is back. In MQTT 5 the PUBACK tells the
seq, and why something was refused; in 3.1.1 a refusal comes on me/replies.
"""

import json
import sys

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from device import Device

HOST, PORT, VERSION, ROOM, ANN, BO = sys.argv[1:]
IS_5 = VERSION == "5"


class Person(Device):
    """A client that hears JSON, by the version that is asked for."""

    def __init__(self, user, password, client_id, lasting=False):
        protocol = mqtt.MQTTv5 if IS_5 else mqtt.MQTTv311
        session = {} if IS_5 else {"clean_session": not lasting}
        arguments = {}
        if IS_5:
            arguments = {"clean_start": not lasting, "properties": Properties(PacketTypes.CONNECT)}
            if lasting:
                arguments["properties"].SessionExpiryInterval = 3600
        super().__init__((HOST, PORT), user, password, client_id, protocol, session, **arguments)

    def hear(self):
        return json.loads(super().hear().payload)


def words(properties):
    return dict(properties.UserProperty)


def main():
    bo = Person("bo", BO, f"phone-{VERSION}", lasting=True)
    assert not bo.session_present
    bo.subscribe("rooms/+/said")
    ann = Person("ann", ANN, "phone")
    ann.say(f"rooms/{ROOM}/say", "hello")
    heard = bo.hear()
    assert (heard["room"], heard["from"], heard["body"]) == (ROOM, "ann", "hello"), heard
    bo.leave()

    for number in range(100):
        code, properties = ann.say(f"rooms/{ROOM}/say", f"missed {number}", qos=1 + number % 2)
        if IS_5 and number % 2 == 0:
            assert words(properties)["seq"] == str(heard["seq"] + 1 + number), properties
    bo = Person("bo", BO, f"phone-{VERSION}", lasting=True)
    assert bo.session_present
    bodies = [bo.hear()["body"] for _ in range(100)]
    assert bodies == [f"missed {number}" for number in range(100)], bodies

    ann.subscribe("me/replies")
    code, properties = ann.say("rooms/cellar/say", "anybody?")
    if IS_5:
        assert code.value == 0x87 and words(properties)["refused"] == "not_a_member", (code, properties)
    else:
        assert ann.hear()["refused"] == "not_a_member"
    ann.leave()
    bo.leave()
    print("all is well")


main()
