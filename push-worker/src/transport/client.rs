//! Apple and Google: HTTP/2 from the first byte, on as few connections as carry the load.
//!
//! A client that finds out the protocol by TLS opens a connection for each call until it knows; Apple takes that for an
//! attack. So HTTP/2 is presumed, which is one connection for each client, and more come by having more clients.

use crate::settings::{Limits, Reach, SettingsError};
use reqwest::{Certificate, ClientBuilder, Method, Proxy, RequestBuilder, Url, redirect};
use secrecy::ExposeSecret;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// The connections to one provider for those who may share them.
#[derive(Debug)]
pub(crate) struct Client {
    base: Url,
    shards: Vec<reqwest::Client>,
    next: AtomicUsize,
}

impl Client {
    /// Nothing is connected before the first call.
    pub(crate) fn new(whom: &'static str, reach: &Reach, limits: &Limits) -> Result<Client, SettingsError> {
        let wrong = |what: String| SettingsError::Reach { whom, what };
        let base = Url::parse(&reach.base).map_err(|error| wrong(error.to_string()))?;
        if base.scheme() != "https" || base.cannot_be_a_base() {
            return Err(wrong(format!("`{base}` is not https://…")));
        }
        let shard = || {
            builder(whom, reach, limits)?
                .http2_prior_knowledge()
                .http2_keep_alive_interval(limits.ping)
                .http2_keep_alive_timeout(limits.connect)
                .http2_keep_alive_while_idle(true)
                // Apple wants connections to stay, also through a quiet night; pings find out which are dead.
                .pool_idle_timeout(None)
                .build()
                .map_err(|error| wrong(error.to_string()))
        };
        let shards = (0..limits.connections.get()).map(|_| shard()).collect::<Result<_, _>>()?;
        Ok(Client { base, shards, next: AtomicUsize::new(0) })
    }

    /// A POST to a path, on the connection whose turn it is.
    pub(crate) fn post(&self, path: &[&str]) -> RequestBuilder {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        let turn = self.next.fetch_add(1, Relaxed) % self.shards.len();
        self.shards[turn].request(Method::POST, url)
    }
}

/// One that finds out the protocol: where a token is asked for once an hour.
pub(crate) fn plain(
    whom: &'static str,
    reach: &Reach,
    limits: &Limits,
) -> Result<reqwest::Client, SettingsError> {
    let wrong = |error: reqwest::Error| SettingsError::Reach { whom, what: error.to_string() };
    builder(whom, reach, limits)?.build().map_err(wrong)
}

fn builder(whom: &'static str, reach: &Reach, limits: &Limits) -> Result<ClientBuilder, SettingsError> {
    let wrong = |error: reqwest::Error| SettingsError::Reach { whom, what: error.to_string() };
    let mut builder = reqwest::Client::builder()
        .redirect(redirect::Policy::none())
        .connect_timeout(limits.connect)
        .timeout(limits.call)
        // Proxies are settings, not variables of whoever started us.
        .no_proxy();
    if let Some(pem) = &reach.authority {
        builder = builder.tls_certs_only(Certificate::from_pem_bundle(pem.as_bytes()).map_err(wrong)?);
    }
    if let Some(proxy) = &reach.proxy {
        let no_proxy = |_| SettingsError::Reach { whom, what: "the proxy is not http://…".to_owned() };
        builder = builder.proxy(Proxy::all(proxy.expose_secret()).map_err(no_proxy)?);
    }
    Ok(builder)
}
