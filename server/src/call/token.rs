//! What concerns tokens: one to connect with for a while, and those of devices.

use super::{Asked, request};
use crate::cli::{Asking, Listing, Token, TokenAsk};
use crate::control::Request;
use anyhow::Context;
use chat::Handle;
use serde_json::json;

/// The request that it becomes. What is kept for somebody is asked for in their own name.
pub(crate) fn token(asked: Token) -> anyhow::Result<Asked> {
    let Token { ask, name, ttl, device, patterns, data } = asked;
    if let Some(ask) = ask {
        return Ok(kept(ask));
    }
    let name = name.context("say whose token")?.to_string();
    let ttl = ttl.map(|ttl| ttl.as_secs());
    Ok((Request::Token { name, ttl, device, apps: patterns.grants() }, Listing { json: false, data }))
}

fn kept(ask: TokenAsk) -> Asked {
    let own = |name: Handle, listing| Asking { by: Some(name), listing };
    match ask {
        TokenAsk::Add { name, device, label, ttl, listing } => {
            let mut params = json!({"device": device, "label": label});
            if let Some(ttl) = ttl {
                params["expires_in"] = ttl.as_secs().into();
            }
            request("me.add_device_token", params, own(name, listing))
        }
        TokenAsk::List { name, listing } => request("me.credentials", json!({}), own(name, listing)),
        TokenAsk::End { name, id, listing } => {
            request("me.end_credential", json!({"id": id.to_string()}), own(name, listing))
        }
    }
}
