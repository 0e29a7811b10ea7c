//! A client without a name, whose messages wait in order.

use crate::strict::{fail, is_killed};
use mqtt5::client::{ConnectionEvent, DisconnectReason};
use mqtt5::{
    ConnectOptions, Message, MqttClient, ProtocolVersion, PublishOptions, PublishResult, QoS,
    SubscribeOptions, WillMessage,
};
use std::time::Duration;
use tokio::sync::mpsc;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// Between two tries to reach a server that is not up yet.
const PAUSE: Duration = Duration::from_millis(50);

/// Which server, by which version of MQTT.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) address: String,
    pub(crate) version: ProtocolVersion,
}

pub(crate) struct Client {
    client: MqttClient,
    server: Server,
    options: ConnectOptions,
    comes: mpsc::UnboundedSender<Message>,
    came: mpsc::UnboundedReceiver<Message>,
}

impl Server {
    pub(crate) fn is_5(&self) -> bool {
        self.version == ProtocolVersion::V5
    }

    /// How this client comes in; its session ends with its connection.
    pub(crate) fn options(&self, name: &str) -> ConnectOptions {
        let name = format!("mqtt5-{name}-{}", if self.is_5() { "5" } else { "3" });
        let mut options = ConnectOptions::new(name)
            .with_protocol_version(self.version)
            .with_clean_start(true)
            // Whoever loses a connection that nobody cut has found something.
            .with_automatic_reconnect(false);
        if self.is_5() {
            // Small enough to be reached, so that the client counts, too.
            options = options.with_receive_maximum(10);
            options.properties.topic_alias_maximum = Some(8);
            // Then a Reason String or a User Property in an answer is a violation.
            options.properties.request_problem_information = Some(false);
        }
        options
    }

    /// The same with a session that lasts.
    pub(crate) fn lasting(&self, name: &str) -> ConnectOptions {
        let options = self.options(name).with_clean_start(false);
        if self.is_5() { options.with_session_expiry_interval(3_600) } else { options }
    }

    /// A client that comes in, in a session that is new.
    pub(crate) async fn client(&self, options: ConnectOptions) -> Client {
        let mut client = Client::new(self, options).await;
        client.connect(false).await;
        client
    }

    pub(crate) async fn plain(&self, name: &str) -> Client {
        self.client(self.options(name)).await
    }

    pub(crate) async fn with_will(&self, name: &str, topic: &str) -> Client {
        let will = WillMessage::new(topic, "somebody is gone").with_qos(QoS::AtLeastOnce);
        self.client(self.options(name).with_will(will)).await
    }
}

impl Client {
    /// Somebody who is not connected yet.
    pub(crate) async fn new(server: &Server, options: ConnectOptions) -> Client {
        let (comes, came) = mpsc::unbounded_channel();
        let client = MqttClient::with_options(options.clone());
        let name = options.client_id.clone();
        let watch = move |event| match event {
            ConnectionEvent::Disconnected { reason: DisconnectReason::ClientInitiated } => {}
            ConnectionEvent::Disconnected { reason: DisconnectReason::NetworkError(_) } if is_killed() => {}
            ConnectionEvent::Disconnected { reason } => {
                fail(format_args!("{name} lost its connection: {reason:?}"))
            }
            _ => {}
        };
        client.on_connection_event(watch).await.expect("it can be watched");
        Client { client, server: server.clone(), options, comes, came }
    }

    /// Comes in, as soon as the server is there; its session must have been there, or not.
    pub(crate) async fn connect(&mut self, is_present: bool) {
        let connected = within("a connection", async {
            loop {
                let tried = self.client.connect_with_options(&self.server.address, self.options.clone());
                match tried.await {
                    Ok(connected) => return connected,
                    Err(error) if is_killed() => eprintln!("not yet: {error}"),
                    Err(error) => fail(format_args!("nobody is let in: {error}")),
                }
                tokio::time::sleep(PAUSE).await;
            }
        });
        assert_eq!(
            connected.await.session_present,
            is_present,
            "Session Present of {}",
            self.options.client_id
        );
    }

    pub(crate) async fn subscribe(&self, filter: &str, qos: QoS) {
        self.subscribe_as(filter, SubscribeOptions { qos, ..SubscribeOptions::default() }).await;
    }

    pub(crate) async fn subscribe_as(&self, filter: &str, options: SubscribeOptions) {
        let comes = self.comes.clone();
        let hear = move |message| comes.send(message).unwrap_or_default();
        let asked = self.client.subscribe_with_options(filter, options.clone(), hear);
        let (_, granted) = within("a SUBACK", asked).await.expect("it is granted");
        assert_eq!(granted, options.qos, "{filter}");
    }

    /// Hears what waits for its session, before it subscribes to anything, and acknowledges when it has it.
    pub(crate) async fn expects(&self, filter: &str) {
        let comes = self.comes.clone();
        let hear = move |message: mqtt5::packet::publish::PublishPacket, token: mqtt5::AckToken| {
            comes.send(message.into()).unwrap_or_default();
            token.ack();
        };
        self.client.register_ack_callback(filter, hear).await.expect("it may acknowledge when it likes");
    }

    pub(crate) async fn unsubscribe(&self, filter: &str) {
        within("an UNSUBACK", self.client.unsubscribe(filter)).await.expect("it is given up");
    }

    pub(crate) async fn say(&self, topic: &str, body: &str, options: PublishOptions) {
        let said = within("the end of a message", self.client.publish_with_options(topic, body, options));
        let said = said.await.expect("it is taken");
        assert!(matches!(said, PublishResult::Sent(_)), "{said:?}");
    }

    pub(crate) async fn hear(&mut self) -> Message {
        within("a message", self.came.recv()).await.expect("the client is there")
    }

    /// The next message, by its topic and body.
    pub(crate) async fn hears(&mut self, topic: &str, body: &str) -> Message {
        let heard = self.hear().await;
        let told = String::from_utf8_lossy(&heard.payload);
        assert_eq!((heard.topic.as_str(), &*told), (topic, body));
        heard
    }

    pub(crate) async fn leave(&self) {
        within("the end of a connection", self.client.disconnect()).await.expect("it ends in order");
    }

    /// Goes without a word.
    pub(crate) async fn cut(self) {
        self.client.disconnect_abnormally().await.expect("it is cut");
    }

    /// Waits until its connection is over.
    pub(crate) async fn is_gone(&self) {
        let gone = async {
            while self.client.is_connected().await {
                tokio::time::sleep(PAUSE).await;
            }
        };
        within("the server to be killed", gone).await;
    }

    /// Nothing has come that it did not hear.
    pub(crate) fn has_heard_all(&mut self) {
        if let Ok(message) = self.came.try_recv() {
            fail(format_args!("{} came beside", message.topic));
        }
    }
}

async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(PATIENCE, future).await {
        Ok(done) => done,
        Err(_) => fail(format_args!("waited in vain for {what}")),
    }
}
