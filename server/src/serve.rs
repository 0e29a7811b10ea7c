//! The server's life: listeners on top of the house, until a signal; then everything in the opposite order.

use crate::cli;
use crate::config::Config;
use crate::drain::{self, Signals};
use crate::house::House;
use crate::{control, demo, http, page, telemetry};
use anyhow::{Context, anyhow};
use bridge::Bridge;
use broker::Broker;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Serves until a signal. An error is a reason why it could not begin, or not end well.
pub(crate) async fn serve(flags: &cli::Serve) -> anyhow::Result<()> {
    let config = config(flags)?;
    telemetry::start(&config.log);
    raise_open_files();
    let mut signals = Signals::take()?;
    let house = House::open(&config).await?;
    let running = match Running::start(&config, &house, flags.demo).await {
        Ok(running) => running,
        Err(error) => {
            house.close().await?;
            return Err(error);
        }
    };
    let signal = signals.next().await;
    tracing::info!("{signal}: draining; a second signal ends at once");
    drain::within_limits(signals, running.end(house)).await
}

/// The configuration with its flags, and what a demo changes.
fn config(flags: &cli::Serve) -> anyhow::Result<Config> {
    let data = flags.data.clone().or_else(|| flags.demo.then(|| demo::FOLDER.to_owned()));
    let typed = [
        ("--data", "server.data", data),
        ("--mqtt", "mqtt.listen", flags.mqtt.clone()),
        ("--http", "http.listen", flags.http.clone()),
    ];
    // What is not Unicode is neither the name nor the value of a setting.
    let environment = std::env::vars_os().filter_map(|(name, text)| Some((name.into_string().ok()?, text.into_string().ok()?)));
    let mut config = Config::load(flags.config.as_deref(), environment, &typed)?;
    if flags.demo {
        demo::fit(&mut config)?;
    }
    Ok(config)
}

/// Each connection is an open file, and the limit a shell gives is made for people.
fn raise_open_files() {
    match rlimit::increase_nofile_limit(u64::MAX) {
        Ok(files) => tracing::info!(files, "may hold {files} files and connections open"),
        Err(error) => tracing::warn!("cannot raise the limit of open files: {error}"),
    }
}

/// A server that answers.
struct Running {
    broker: Broker<Bridge>,
    control: control::Listener,
    addresses: Addresses,
    http: tokio::task::JoinHandle<()>,
    /// Readiness is off.
    draining: CancellationToken,
    /// The HTTP port closes.
    closed: CancellationToken,
}

impl Running {
    async fn start(config: &Config, house: &House, is_demo: bool) -> anyhow::Result<Running> {
        let mqtt = bind(config.mqtt, "MQTT", "--mqtt").await?;
        let http = bind(config.http, "HTTP", "--http").await?;
        let addresses = Addresses::write(&config.data, mqtt.local_addr()?, http.local_addr()?)?;
        if is_demo {
            demo::furnish(house).await?;
        }
        let control = control::listen(&config.data, house.bridge.clone(), config.token_ttl)?;
        let broker = Broker::new(house.bridge.clone(), config.broker.clone());
        let (draining, closed) = (CancellationToken::new(), CancellationToken::new());
        let router = http::router(broker::websocket::route(broker.clone()), draining.clone());
        let http = tokio::spawn(http::serve(http, router, closed.clone()));
        let accepting = broker.clone();
        tokio::spawn(async move { accepting.serve_tcp(mqtt).await });
        addresses.announce(config, is_demo)?;
        Ok(Running { broker, control, addresses, http, draining, closed })
    }

    /// The opposite order: nothing new comes in, clients are told, what they said is stored, the folder is free.
    async fn end(self, house: House) -> anyhow::Result<()> {
        self.draining.cancel();
        drop(self.control);
        let left = self.broker.drain(drain::connections()).await;
        if left > 0 {
            tracing::warn!(left, "{left} connections did not end in time and were cut");
        }
        self.closed.cancel();
        if tokio::time::timeout(drain::HTTP, self.http).await.is_err() {
            tracing::debug!("HTTP requests did not end in time and were cut");
        }
        drop(self.addresses);
        house.close().await?;
        tracing::info!("everything is stored; goodbye");
        Ok(())
    }
}

async fn bind(address: SocketAddr, what: &str, flag: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => anyhow!(
            "port {} of {} is in use by another program; choose another for {what} with {flag}, such as {flag} {}",
            address.port(),
            address.ip(),
            SocketAddr::new(address.ip(), address.port().checked_add(1).unwrap_or(0)),
        ),
        ErrorKind::AddrNotAvailable => {
            anyhow!("{} is not an address of this machine; choose another for {what} with {flag}", address.ip())
        }
        ErrorKind::PermissionDenied => {
            anyhow!("the system keeps port {} for others; choose one over 1023 for {what} with {flag}", address.port())
        }
        _ => anyhow!(error).context(format!("cannot listen on {address} for {what} ({flag})")),
    })
}

/// The addresses in use, in a file of the data folder for scripts: port 0 lets the system choose.
struct Addresses {
    file: PathBuf,
    mqtt: SocketAddr,
    http: SocketAddr,
}

impl Addresses {
    fn write(folder: &Path, mqtt: SocketAddr, http: SocketAddr) -> anyhow::Result<Addresses> {
        let file = folder.join("addresses");
        let words = format!("mqtt = \"{mqtt}\"\nhttp = \"{http}\"\n");
        // Whole or not at all: a script may be waiting for it.
        let fresh = file.with_extension("new");
        let written = std::fs::write(&fresh, words).and_then(|()| std::fs::rename(&fresh, &file));
        written.with_context(|| format!("cannot write `{}`", file.display()))?;
        Ok(Addresses { file, mqtt, http })
    }

    fn announce(&self, config: &Config, is_demo: bool) -> anyhow::Result<()> {
        let Addresses { mqtt, http, .. } = self;
        let data = config.data.display();
        tracing::info!(%mqtt, %http, %data, "ready: MQTT on {mqtt}, HTTP and WebSocket on {http}, data in {data}");
        if is_demo {
            page::write(&demo::invitation(&config.data, *mqtt, *http))?;
        }
        Ok(())
    }
}

impl Drop for Addresses {
    fn drop(&mut self) {
        // If it stays, it tells of ports where nobody answers, which a script finds out.
        std::fs::remove_file(&self.file).ok();
    }
}
