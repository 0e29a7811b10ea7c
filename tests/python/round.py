"""Everything plain MQTT has, by paho-mqtt: HOST PORT VERSION before|after

`before` leaves a session with messages and retained messages behind; `after` a crash of the server finds them.
"""

import sys

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from device import Device

HOST, PORT, VERSION, WHEN = sys.argv[1:]
IS_5 = VERSION == "5"
TREE = f"round/paho-{VERSION}"
QUEUED = 200


class Client(Device):
    """Somebody without a name."""

    def __init__(self, client_id, lasting=False, will=None):
        protocol = mqtt.MQTTv5 if IS_5 else mqtt.MQTTv311
        session = {} if IS_5 else {"clean_session": not lasting}
        arguments = {}
        if IS_5:
            arguments = {"clean_start": not lasting, "properties": Properties(PacketTypes.CONNECT)}
            if lasting:
                arguments["properties"].SessionExpiryInterval = 3600
        super().__init__((HOST, PORT), None, None, f"{client_id}-{VERSION}", protocol, session, will=will, **arguments)

    def hears(self, *expected):
        heard = [self.hear() for _ in expected]
        told = [(message.topic.removeprefix(TREE + "/"), message.payload.decode()) for message in heard]
        assert told == list(expected), (told, expected)
        return heard


def every_qos(ann, bo):
    bo.subscribe(f"{TREE}/qos/+", 2)
    for published in (0, 1, 2):
        ann.say(f"{TREE}/qos/{published}", "hello", qos=published)
    heard = [bo.hear() for _ in range(3)]
    assert sorted((message.topic[-1], message.qos) for message in heard) == [("0", 0), ("1", 1), ("2", 2)]
    bo.unsubscribe(f"{TREE}/qos/+")


def retained(ann, bo):
    ann.say(f"{TREE}/kept/a", "one", retain=True)
    ann.say(f"{TREE}/kept/a", "two", retain=True)
    ann.say(f"{TREE}/kept/b", "other", retain=True)
    ann.say(f"{TREE}/kept/b", "", retain=True)
    bo.subscribe(f"{TREE}/kept/#", 1)
    (kept,) = bo.hears(("kept/a", "two"))
    assert kept.retain
    ann.say(f"{TREE}/kept/a", "three", retain=True)
    (live,) = bo.hears(("kept/a", "three"))
    assert not live.retain
    bo.unsubscribe(f"{TREE}/kept/#")


def will(bo):
    bo.subscribe(f"{TREE}/will", 1)
    cy = Client("cy", will=(f"{TREE}/will", "cy is gone", 1, False))
    cy.cut()
    bo.hears(("will", "cy is gone"))
    bo.unsubscribe(f"{TREE}/will")


def shared(ann, bo):
    cy = Client("cy")
    for member in (bo, cy):
        member.subscribe(f"$share/workers/{TREE}/jobs", 1)
    for number in range(10):
        ann.say(f"{TREE}/jobs", str(number))
    jobs = [[member.hear().payload for _ in range(5)] for member in (bo, cy)]
    assert sorted(jobs[0] + jobs[1]) == sorted(str(number).encode() for number in range(10)), jobs
    bo.unsubscribe(f"$share/workers/{TREE}/jobs")
    cy.leave()


def options(ann, bo):
    if not IS_5:
        return
    bo.subscribe(f"{TREE}/own", options=SubscribeOptions(qos=1, noLocal=True, retainAsPublished=True))
    bo.say(f"{TREE}/own", "mine")
    properties = Properties(PacketTypes.PUBLISH)
    properties.ContentType = "text/plain"
    properties.ResponseTopic = f"{TREE}/answers"
    properties.CorrelationData = b"\x07"
    properties.MessageExpiryInterval = 60
    properties.UserProperty = [("b", "2"), ("a", "1"), ("b", "3")]
    ann.say(f"{TREE}/own", "yours", retain=True, properties=properties)
    (heard,) = bo.hears(("own", "yours"))
    said = heard.properties
    assert heard.retain and said.ContentType == "text/plain" and said.ResponseTopic == f"{TREE}/answers"
    assert said.CorrelationData == b"\x07" and 0 < said.MessageExpiryInterval <= 60
    assert said.UserProperty == [("b", "2"), ("a", "1"), ("b", "3")], said.UserProperty
    ann.say(f"{TREE}/own", "", retain=True)
    bo.hears(("own", ""))
    bo.unsubscribe(f"{TREE}/own")


def before():
    ann, bo = Client("ann"), Client("bo")
    every_qos(ann, bo)
    retained(ann, bo)
    will(bo)
    shared(ann, bo)
    options(ann, bo)
    bo.leave()
    away = Client("away", lasting=True)
    assert not away.session_present
    away.subscribe(f"{TREE}/queue/#", 2)
    away.leave()
    for number in range(QUEUED):
        ann.say(f"{TREE}/queue/{number % 7}", str(number), qos=1 + number % 2)
    ann.leave()


def after():
    away = Client("away", lasting=True)
    assert away.session_present
    numbers = [int(away.hear().payload) for _ in range(QUEUED)]
    # What is delivered exactly once is heard at its PUBREL: each QoS has its own order.
    for odd in (0, 1):
        assert [number for number in numbers if number % 2 == odd] == list(range(odd, QUEUED, 2)), numbers
    away.subscribe(f"{TREE}/kept/#", 1)
    away.hears(("kept/a", "three"))
    away.leave()


before() if WHEN == "before" else after()
print("all is well")
