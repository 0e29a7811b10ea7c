//! How many people have put which signs to a message, as a list of JSON: the same that REST tells of a message.

use chat::Sign;
use serde_json::{Value, json};

/// The list, in the order of the signs.
pub(super) fn json(signs: &[(Sign, u64)]) -> String {
    let one = |(sign, people): &(Sign, u64)| json!({ "sign": sign.as_str(), "people": people });
    Value::Array(signs.iter().map(one).collect()).to_string()
}
