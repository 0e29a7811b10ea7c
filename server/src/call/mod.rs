//! A command that asks the API: which method, with which keys, in whose name.

mod room; // where people meet

mod token; // what their devices come in with

mod grant; // and what they may do in apps

mod push; // and how they are told while their people are away

pub(crate) use grant::grant;
pub(crate) use push::push;
pub(crate) use room::room;
pub(crate) use token::token;

use crate::cli::{Asking, Call, Key, Listing, UserAsk};
use crate::control::{Request, Text};
use crate::password;
use anyhow::Context;
use serde_json::{Map, Value, json};
use std::str::FromStr;

/// A key and its value, as typed: `room=tea`, `limit=5`, `members=["bo"]`; `password=-` reads standard input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Param {
    key: String,
    value: Given,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Given {
    /// JSON, or a text as it stands.
    Here(Value),
    /// The first line of standard input: it may be a secret.
    Stdin,
}

impl FromStr for Param {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Param> {
        let (key, value) =
            text.split_once('=').context("write a key, `=` and its value, such as room=tea")?;
        let value = match value {
            "-" => Given::Stdin,
            text => Given::Here(serde_json::from_str(text).unwrap_or_else(|_| text.into())),
        };
        Ok(Param { key: key.to_owned(), value })
    }
}

/// A request that a command became, and how its answer is shown.
pub(crate) type Asked = (Request, Listing);

/// Anything that can be asked.
pub(crate) fn any(call: Call) -> anyhow::Result<Asked> {
    let asked = request(&call.method, values(call.params)?.into(), call.asking);
    Ok(if call.all { every_page(asked) } else { asked })
}

/// Each key with its value; what comes from standard input is read now.
fn values(params: Vec<Param>) -> anyhow::Result<Map<String, Value>> {
    let mut values = Map::new();
    for Param { key, value } in params {
        let value = match value {
            Given::Here(value) => value,
            Given::Stdin => {
                use secrecy::ExposeSecret;
                password::from_stdin()?.expose_secret().into()
            }
        };
        values.insert(key, value);
    }
    Ok(values)
}

/// What concerns a user.
pub(crate) fn user(asked: UserAsk) -> Asked {
    let (method, of) = match asked {
        UserAsk::Show(of) => ("admin.user", of),
        UserAsk::Deactivate(of) => ("admin.deactivate", of),
        UserAsk::Reactivate(of) => ("admin.reactivate", of),
        UserAsk::Logout(of) => ("admin.logout", of),
        UserAsk::Link(of) => ("admin.link", of),
        UserAsk::Invite { uses, asking } => return request("admin.invite", json!({"uses": uses}), asking),
    };
    request(method, json!({"user": of.name.as_str()}), of.asking)
}

/// What concerns the keys of a program.
pub(crate) fn key(asked: Key) -> Asked {
    match asked {
        Key::Service { service, asking } => {
            request("admin.add_service", json!({"handle": service.as_str()}), asking)
        }
        Key::Add { service, label, scopes, asking } => {
            let params = json!({"service": service.as_str(), "label": label, "scopes": scopes});
            request("admin.add_key", params, asking)
        }
        Key::List { service, asking } => request("admin.keys", json!({"service": service.as_str()}), asking),
        Key::End { service, id, asking } => {
            request("admin.end_key", json!({"service": service.as_str(), "id": id.to_string()}), asking)
        }
    }
}

fn request(method: &str, params: Value, asking: Asking) -> Asked {
    let Asking { by, listing } = asking;
    let by = by.as_ref().map(ToString::to_string);
    (Request::Ask { method: method.to_owned(), params: Text(params.to_string()), by, all: false }, listing)
}

/// Not the first page alone.
fn every_page((request, listing): Asked) -> Asked {
    match request {
        Request::Ask { method, params, by, .. } => (Request::Ask { method, params, by, all: true }, listing),
        other => (other, listing),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_json_where_it_can_be_and_a_text_where_it_can_not() {
        let value = |text: &str| text.parse::<Param>().unwrap().value;
        assert_eq!(value("limit=5"), Given::Here(json!(5)));
        assert_eq!(value(r#"members=["bo"]"#), Given::Here(json!(["bo"])));
        assert_eq!(value("body=a = b"), Given::Here(json!("a = b")));
        assert_eq!(value("password=-"), Given::Stdin);
        assert!("room".parse::<Param>().is_err());
    }
}
