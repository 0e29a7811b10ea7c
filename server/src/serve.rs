//! The server's life: listeners on top of the house, until a signal; then everything in the opposite order.

use crate::cli;
use crate::config::{Config, Role};
use crate::drain::{self, Signals};
use crate::house::House;
use crate::http::Manners;
use crate::ports::{Addresses, Ports, SocketFile};
use crate::push::{self, Pushing};
use crate::{control, demo, http, page, status, telemetry};
use anyhow::Context;
use api::Api;
use axum::Router;
use bridge::Bridge;
use broker::Broker;
use push_worker::Worker;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Serves until a signal. An error is a reason why it could not begin, or not end well.
pub(crate) async fn serve(flags: &cli::Serve) -> anyhow::Result<()> {
    let config = config(flags)?;
    telemetry::start(&config.log);
    raise_open_files();
    let mut signals = Signals::take()?;
    if config.roles.is_push_alone() {
        return push::serve(&config, signals).await;
    }
    let pushing = push::open(&config.push)?;
    let house = House::open(&config).await?;
    let running = match Running::start(&config, &house, &pushing, flags.demo).await {
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
        ("--roles", "server.roles", flags.roles.clone()),
        ("--database", "store.database", flags.database.clone()),
        ("--mqtt", "mqtt.listen", flags.mqtt.clone()),
        ("--http", "http.listen", flags.http.clone()),
        ("--mqtts", "mqtt.tls_listen", flags.mqtts.clone()),
        ("--https", "http.tls_listen", flags.https.clone()),
    ];
    // What is not Unicode is neither the name nor the value of a setting.
    let environment = std::env::vars_os()
        .filter_map(|(name, text)| Some((name.into_string().ok()?, text.into_string().ok()?)));
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

/// The broker's counters are the API's to tell.
fn watched(config: api::Config, broker: &Broker<Bridge>, going: CancellationToken) -> api::Config {
    let broker = broker.clone();
    let count = move || {
        let counters = broker.counters();
        let connections = broker::Event::ALL.map(|(event, word)| (word, counters.get(event))).to_vec();
        api::Counted { connections, reasons: counters.reasons().collect() }
    };
    api::Config { host: api::Host { count: Some(Arc::new(count)), going, ..config.host }, ..config }
}

/// A server that answers.
struct Running {
    broker: Broker<Bridge>,
    control: control::Listener,
    /// Answers requests over MQTT as long as it is held.
    api: Arc<Api>,
    /// Tells people who are away.
    worker: Worker,
    addresses: Addresses,
    sockets: Vec<SocketFile>,
    /// One for each port.
    http: Vec<tokio::task::JoinHandle<()>>,
    /// Readiness is off.
    draining: CancellationToken,
    /// The HTTP ports close.
    closed: CancellationToken,
}

impl Running {
    async fn start(
        config: &Config,
        house: &House,
        pushing: &Pushing,
        is_demo: bool,
    ) -> anyhow::Result<Running> {
        Addresses::forget(&config.data);
        house.bridge.load().await.context("cannot begin")?;
        let (draining, closed) = (CancellationToken::new(), CancellationToken::new());
        let Ports { mqtt, http, told, files: sockets } = Ports::open(&config.ports, &closed).await?;
        let addresses = Addresses::write(&config.data, told)?;
        if is_demo {
            demo::furnish(house).await?;
        }
        let broker = Broker::new(house.bridge.clone(), config.broker.clone());
        let asked = api::Config { push: pushing.apps.clone(), ..config.api.clone() };
        let api = house.api(watched(asked, &broker, draining.clone()));
        house.bridge.answer_requests_by(&api);
        let control = control::listen(&config.data, house.desk(api.clone()))?;
        let worker = push::start(config, house, pushing);
        let websocket = broker::websocket::route(broker.clone());
        let by_http = if config.roles.run(Role::Api) { api::router(&api) } else { Router::new() };
        let router = http::router(websocket, by_http, draining.clone());
        let refused = broker.clone();
        let server = http::Server {
            router,
            manners: Manners::default(),
            refused: Arc::new(move |why| refused.count(why)),
            closed: closed.clone(),
        };
        let http = http.into_iter().map(|port| tokio::spawn(http::serve(port, server.clone()))).collect();
        if let Some(interval) = config.status_interval {
            tokio::spawn(status::run(house.bridge.clone(), broker.clone(), interval, draining.clone()));
        }
        for port in mqtt {
            let accepting = broker.clone();
            tokio::spawn(async move { accepting.serve(port).await });
        }
        addresses.announce(&config.data);
        if is_demo {
            // Who closed standard output does not want to read it.
            page::write(&demo::invitation(&config.data)?).ok();
        }
        Ok(Running { broker, control, api, worker, addresses, sockets, http, draining, closed })
    }

    /// The opposite order: nothing new comes in, clients are told, what they said is stored, the folder is free.
    async fn end(self, house: House) -> anyhow::Result<()> {
        self.draining.cancel();
        self.control.end().await;
        let left = self.broker.drain(drain::connections()).await;
        if left > 0 {
            tracing::warn!(left, "{left} connections did not end in time and were cut");
        }
        // What the last connections acknowledged is known by now.
        push::end(&self.worker).await;
        self.closed.cancel();
        if tokio::time::timeout(drain::HTTP, futures_util::future::join_all(self.http)).await.is_err() {
            tracing::debug!("HTTP requests did not end in time and were cut");
        }
        drop((self.addresses, self.sockets, self.api));
        house.close().await?;
        tracing::info!("everything is stored; goodbye");
        Ok(())
    }
}
