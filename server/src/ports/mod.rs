//! Where the server listens, with everything that stands between a connection and its first byte.

mod bind; // an address

mod unix; // a file

mod addresses; // who is told

pub(crate) use addresses::Addresses;
pub(crate) use unix::{SocketFile, bind_privately};

use crate::config::{self, Listen, Listener};
use crate::tls::Keeper;
use addresses::Told;
use broker::Port;
use tokio_util::sync::CancellationToken;

/// All ports, open.
pub(crate) struct Ports {
    /// Where MQTT is.
    pub(crate) mqtt: Vec<Port>,
    /// Where HTTP is.
    pub(crate) http: Vec<Port>,
    /// Where they are.
    pub(crate) told: Vec<Told>,
    /// Sockets that are files, as long as they are.
    pub(crate) files: Vec<SocketFile>,
}

impl Ports {
    /// Opens them. What TLS shows there is looked after until `closed`.
    pub(crate) async fn open(ports: &config::Ports, closed: &CancellationToken) -> anyhow::Result<Ports> {
        let mut keeper = Keeper::default();
        let mut open = Ports { mqtt: Vec::new(), http: Vec::new(), told: Vec::new(), files: Vec::new() };
        for listener in &ports.mqtt {
            let port = open.port(listener, "MQTT", "mqtt", &mut keeper).await?;
            open.mqtt.push(port);
        }
        for listener in &ports.http {
            let port = open.port(listener, "HTTP", "http/1.1", &mut keeper).await?;
            open.http.push(port);
        }
        keeper.keep(closed.clone())?;
        Ok(open)
    }

    /// One of them, for `what`; TLS calls it `protocol`.
    async fn port(
        &mut self,
        listener: &Listener,
        what: &'static str,
        protocol: &'static str,
        keeper: &mut Keeper,
    ) -> anyhow::Result<Port> {
        let Listener { name, listen, tls, balancers, most, .. } = listener;
        let (mut port, place) = match listen {
            Listen::Tcp(address) => {
                let socket = bind::bind(*address, what, listener.written)?;
                let address = socket.local_addr()?;
                (Port::tcp(socket), Listen::Tcp(address))
            }
            Listen::Unix(path) => {
                let (socket, file) = unix::bind(path, what)?;
                self.files.push(file);
                (Port::unix(socket), listen.clone())
            }
        };
        if let Some(balancers) = balancers {
            if balancers.is_empty() {
                tracing::warn!(
                    "nobody may connect to {place}: it is for balancers, and `proxy_from` names none"
                );
            }
            port = port.behind(balancers.clone());
        }
        if let Some(tls) = tls {
            port = port.with_tls(keeper.port(tls, protocol).await?);
        }
        if let Some(most) = most {
            port = port.at_most(*most);
        }
        self.told.push(Told { name: name.clone(), what, place, by_tls: tls.is_some() });
        Ok(port)
    }
}
