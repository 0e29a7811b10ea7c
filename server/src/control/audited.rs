//! What is done at the machine itself leaves a row, as what administrators do: by nobody, before it is done.
//!
//! Of a request it is written down what it is, whom and which room it is about and in whose name it is asked. What people say
//! and what they keep secret is not.

use super::words::Request;
use api::{Access, Api};
use serde_json::{Map, Value, json};

/// What of a request may be read later.
const ABOUT: [&str; 12] = [
    "room", "user", "users", "members", "seq", "id", "media", "service", "device", "handle", "role", "scopes",
];

/// An act and what it is about; nothing where it need not be written down: the lists of the command line are no acts, and
/// what is an administrator's the API writes down under their name.
pub(super) fn act(api: &Api, request: &Request) -> Option<(String, String)> {
    let (act, input) = match request {
        Request::Users | Request::Rooms | Request::Work => return None,
        Request::AddUser { name, admin, .. } => {
            ("user add".to_owned(), json!({"user": name, "admin": admin}))
        }
        Request::AddRoom { room, members } => {
            ("room add".to_owned(), json!({"room": room, "members": members}))
        }
        Request::RemoveMembers { room, members } => {
            ("room remove".to_owned(), json!({"room": room, "members": members}))
        }
        Request::Inbox { user, room, .. } => ("inbox".to_owned(), json!({"as": user, "room": room})),
        Request::Token { name, device, apps, .. } => {
            let mut about = json!({"as": name});
            if let Some(device) = device {
                about["device"] = device.as_str().into();
            }
            if !apps.is_empty() {
                about["apps"] = json!(apps);
            }
            ("token".to_owned(), about)
        }
        Request::Ask { method, params, by, .. } => {
            if api.method(method)?.access == Access::Admin {
                return None;
            }
            (method.clone(), about(&params.0, by.as_deref()))
        }
    };
    Some((format!("natter {act}"), input.to_string()))
}

fn about(params: &str, by: Option<&str>) -> Value {
    let params: Map<String, Value> = serde_json::from_str(params).unwrap_or_default();
    let mut about: Map<String, Value> =
        params.into_iter().filter(|(key, _)| ABOUT.contains(&key.as_str())).collect();
    if let Some(by) = by {
        about.insert("as".to_owned(), by.into());
    }
    about.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_words_nor_secrets_are_written_down() {
        let params = r#"{"room": "tea", "body": "planted", "password": "planted", "link": "planted"}"#;
        assert_eq!(about(params, Some("bo")), json!({"room": "tea", "as": "bo"}));
        assert_eq!(about("planted", None), json!({}));
    }
}
