//! Clients that nobody here wrote: mosquitto's, paho-mqtt, MQTT.js, rumqttc and mqtt5's, in both versions of MQTT.

mod demo; // what the README shows

mod mosquitto;

mod paho;

mod mqtt_js;

mod presence; // who is there

mod tls;

mod listeners; // ports with settings of their own

mod certificates; // clients that say by theirs who they are

mod rumqttc;

mod rumqttc_v4;

mod backlog; // ten thousand messages and a crash between two of them

mod round; // plain MQTT, all of it

mod round_rumqttc; // and by rumqttc

mod mqtt5; // and by a client that takes nothing from its server that the standard forbids
