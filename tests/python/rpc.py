"""ann asks for rooms and messages by paho-mqtt, and nothing else: HOST PORT VERSION ROOM ANN'S-PASSWORD

In MQTT 5 each answer comes back with the Correlation Data of its request, where the Response Topic wished it; in 3.1.1 it
comes on me/replies with the request's own id. The same is asked in CBOR.
"""

import json
import sys

import cbor2
import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from device import Device

HOST, PORT, VERSION, ROOM, PASSWORD = sys.argv[1:]
IS_5 = VERSION == "5"

#: The numbers of the keys in CBOR.
REPLY, ID, RESULT, PROBLEM, PARAMS = 40, 41, 42, 43, 44


def main():
    ann = Device((HOST, PORT), "ann", PASSWORD, "phone", mqtt.MQTTv5 if IS_5 else mqtt.MQTTv311)
    answers = ("me/replies/app", "cbor/me/replies/app") if IS_5 else ("me/replies", "cbor/me/replies")
    for topic in answers:
        ann.subscribe(topic)

    def ask(topic, payload, answer_to, mark):
        properties = None
        if IS_5:
            properties = Properties(PacketTypes.PUBLISH)
            properties.ResponseTopic, properties.CorrelationData = answer_to, mark
        ann.client.publish(topic, payload, qos=1, properties=properties)
        ann.next("answered")
        heard = ann.hear()
        assert heard.topic == answer_to, heard.topic
        if IS_5:
            assert heard.properties.CorrelationData == mark, heard.properties
        return heard.payload

    def in_json(method, **params):
        payload = json.dumps({"id": 7, "params": params})
        answer = json.loads(ask(f"rpc/{method}", payload, answers[0], b"seven"))
        assert (answer["reply"], answer["id"]) == (method, 7), answer
        return answer

    def in_cbor(method, **params):
        payload = cbor2.dumps({ID: "seven", PARAMS: params})
        answer = cbor2.loads(ask(f"cbor/rpc/{method}", payload, answers[1], b"\x00\xff"))
        assert (answer[REPLY], answer[ID]) == (method, "seven"), answer
        return answer

    assert in_json("rooms.create", room=ROOM)["result"]["room"] == ROOM
    assert in_cbor("messages.say", room=ROOM, body="22 degrees")[RESULT]["seq"] == 2
    page = in_json("messages.list", room=ROOM)["result"]
    assert page["messages"][1]["body"] == "22 degrees", page
    assert in_cbor("messages.get", room=ROOM, seq=2)[RESULT]["message"]["body"] == "22 degrees"
    assert in_json("messages.read", room=ROOM, seq=2)["result"] is None
    assert in_cbor("rooms.get", room="nowhere")[PROBLEM]["code"] == "not_found"
    ann.leave()
    print("all is well")


main()
