//! A command that asks the API: which method, with which keys, in whose name.

use crate::cli::{Asking, Call, Key, UserAsk};
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

/// Anything that can be asked.
pub(crate) fn any(call: Call) -> anyhow::Result<(Request, Asking)> {
    let mut params = Map::new();
    for Param { key, value } in call.params {
        let value = match value {
            Given::Here(value) => value,
            Given::Stdin => {
                use secrecy::ExposeSecret;
                password::from_stdin()?.expose_secret().into()
            }
        };
        params.insert(key, value);
    }
    Ok(request(&call.method, params.into(), call.asking))
}

/// What concerns a user.
pub(crate) fn user(asked: UserAsk) -> (Request, Asking) {
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
pub(crate) fn key(asked: Key) -> (Request, Asking) {
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

fn request(method: &str, params: Value, asking: Asking) -> (Request, Asking) {
    let by = asking.by.as_ref().map(ToString::to_string);
    (Request::Ask { method: method.to_owned(), params: Text(params.to_string()), by }, asking)
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
