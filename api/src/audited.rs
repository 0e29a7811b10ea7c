//! Every act of an administrator leaves a row: written before it is done, and how it ended afterwards.

use crate::ask::Ask;
use crate::method::{Access, Method};
use crate::problem::Problem;
use serde_json::{Map, Value};
use store::ActId;

/// Keys whose values nobody should read later, wherever they stand.
const SECRETS: [&str; 5] = ["password", "secret", "token", "refresh_token", "link"];
/// Characters of one text that are kept: what is longer is somebody's prose, and stands where it belongs.
const TEXT: usize = 300;
/// Bytes of a whole request that are kept.
const WHOLE: usize = 4_096;

/// Does what is asked. If it is an administrator's act, that is written down.
pub(crate) async fn call(method: &Method, ask: Ask, input: Value) -> Result<Vec<u8>, Problem> {
    if method.access != Access::Admin {
        return method.call(ask, input).await;
    }
    let by = Some(ask.caller()?.account.id);
    let bridge = ask.api.bridge.clone();
    let act: ActId = bridge.begin_act(by, method.name, shown(&input)).await?;
    let done = method.call(ask, input).await;
    let status = done.as_ref().map_or_else(|problem| problem.code.status(), |_| method.status());
    bridge.end_act(act, status).await;
    done
}

/// The request, as it may be kept.
fn shown(input: &Value) -> String {
    let text = clean(input).to_string();
    if text.len() <= WHOLE { text } else { format!(r#"{{"bytes":{}}}"#, text.len()) }
}

fn clean(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let keep = |(key, value): (&String, &Value)| {
                let value = if SECRETS.contains(&key.as_str()) { Value::from("…") } else { clean(value) };
                (key.clone(), value)
            };
            Value::Object(object.iter().map(keep).collect::<Map<_, _>>())
        }
        Value::Array(list) => list.iter().map(clean).collect(),
        Value::String(text) if text.chars().count() > TEXT => {
            let short: String = text.chars().take(TEXT).collect();
            Value::from(short + "…")
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn no_secret_and_no_prose_is_kept() {
        let input =
            json!({ "user": "bo", "inside": [{ "password": "tea at four", "n": 1 }], "link": "nl_1" });
        assert_eq!(shown(&input), r#"{"inside":[{"n":1,"password":"…"}],"link":"…","user":"bo"}"#);
        let long = shown(&json!({ "note": "x".repeat(400) }));
        assert_eq!(long.chars().filter(|char| *char == 'x').count(), TEXT);
        let huge = json!({ "list": vec!["y".repeat(200); 100] });
        assert!(shown(&huge).starts_with(r#"{"bytes":2"#) && shown(&huge).len() < 30);
    }
}
