//! A broker on a real socket, an application that follows the test's script and tells what it heard, and a
//! client that is strict about every byte.

mod client;
mod fake;
mod words;

pub(crate) use client::Client;
pub(crate) use fake::{Fake, Heard, METHOD, Script};
pub(crate) use words::*;

use broker::application::{Arrival, Departure};
use broker::outbound::Answer;
use broker::{Broker, Config, Event, Port};
use mqtt::ReasonCode;
use mqtt::packet::{Connect, Publish, Version};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::timeout;

/// Whatever takes longer than this will never come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Stage {
    pub(crate) broker: Broker<Fake>,
    pub(crate) address: SocketAddr,
    heard: UnboundedReceiver<Heard>,
}

impl Stage {
    pub(crate) async fn start() -> Stage {
        Stage::with(Config::default(), Script::default()).await
    }

    pub(crate) async fn playing(script: Script) -> Stage {
        Stage::with(Config::default(), script).await
    }

    pub(crate) async fn with(config: Config, script: Script) -> Stage {
        Stage::at(config, script, |port| port).await
    }

    /// With this port.
    pub(crate) async fn at(config: Config, script: Script, port: impl FnOnce(Port) -> Port) -> Stage {
        let (fake, heard) = Fake::new(script);
        let broker = Broker::new(Arc::new(fake), config);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (serving, port) = (broker.clone(), port(Port::tcp(listener)));
        tokio::spawn(async move { serving.serve(port).await });
        Stage { broker, address, heard }
    }

    /// A socket that has said nothing.
    /// Somebody is told that there is no place: with this code in MQTT 5, and in 3.1.1 to try again later.
    pub(crate) async fn turns_away(&self, connect: Connect, code: ReasonCode) {
        let told = if connect.version == Version::V3 { ReasonCode::ServerUnavailable } else { code };
        let (mut client, connack) = Client::try_connect(self.address, connect).await;
        assert_eq!(connack.code, told);
        client.ends().await;
    }

    /// How often it happened.
    pub(crate) fn counted(&self, event: Event) -> u64 {
        self.broker.counters().get(event)
    }

    pub(crate) async fn socket(&self) -> Client {
        Client::open(self.address, mqtt::packet::Version::V5).await
    }

    /// A client that is in; what the application saw of its arrival.
    pub(crate) async fn client(&mut self, connect: Connect) -> (Client, Arrival) {
        let client = Client::connect(self.address, connect).await;
        (client, self.arrival().await)
    }

    /// What the application heard next.
    pub(crate) async fn heard(&mut self) -> Heard {
        timeout(PATIENCE, self.heard.recv()).await.expect("the application heard nothing").unwrap()
    }

    pub(crate) async fn arrival(&mut self) -> Arrival {
        match self.heard().await {
            Heard::Connected(arrival) => *arrival,
            other => panic!("expected an arrival, heard {other:?}"),
        }
    }

    pub(crate) async fn published(&mut self) -> (Publish, Answer) {
        match self.heard().await {
            Heard::Published(publish, answer) => (*publish, answer),
            other => panic!("expected a publish, heard {other:?}"),
        }
    }

    /// The next departure; what came before it is passed over.
    pub(crate) async fn departure(&mut self) -> Departure {
        loop {
            if let Heard::Gone(departure) = self.heard().await {
                return *departure;
            }
        }
    }

    /// Marks that are done, until so many came.
    pub(crate) async fn acknowledged(&mut self, count: usize) -> Vec<broker::application::Acknowledged> {
        let mut all = Vec::new();
        while all.len() < count {
            match self.heard().await {
                Heard::Acknowledged(some) => all.extend(some),
                other => panic!("expected acknowledgements, heard {other:?}"),
            }
        }
        all
    }

    /// So much time passes, as fast as everybody lets it: it does not go on before all who are awake have done what they
    /// can, so what has not happened afterwards was not about to.
    pub(crate) async fn passes(&self, time: Duration) {
        tokio::time::pause();
        tokio::time::sleep(time).await;
        tokio::time::resume();
    }

    /// Nothing was heard and, since the application is told before a client can know, nothing will be.
    pub(crate) fn heard_nothing_more(&mut self) -> bool {
        self.heard.try_recv().is_err()
    }
}
