//! Data that is kept as JSON is heard in CBOR.

use super::write::{NULL, boolean, float_32, float_64, list_of, map_of, number, signed, text};
use serde_json::{Number, Value};

/// Writes the value. It was looked through when it was said, so it can be read, and its depth has a bound.
pub(in super::super) fn from_json(out: &mut Vec<u8>, json: &str) {
    value(out, &serde_json::from_str(json).unwrap_or_default());
}

fn value(out: &mut Vec<u8>, json: &Value) {
    match json {
        Value::Null => out.push(NULL),
        Value::Bool(is_true) => boolean(out, *is_true),
        Value::Number(n) => any_number(out, n),
        Value::String(words) => text(out, words),
        Value::Array(list) => {
            list_of(out, list.len());
            list.iter().for_each(|item| value(out, item));
        }
        Value::Object(map) => {
            map_of(out, map.len());
            for (key, item) in map {
                text(out, key);
                value(out, item);
            }
        }
    }
}

fn any_number(out: &mut Vec<u8>, n: &Number) {
    match (n.as_u64(), n.as_i64(), n.as_f64()) {
        (Some(whole), ..) => number(out, whole),
        (None, Some(whole), _) => signed(out, whole),
        (None, None, float) => any_float(out, float.unwrap_or_default()),
    }
}

/// In 32 bits where that is the same number.
fn any_float(out: &mut Vec<u8>, float: f64) {
    let short = float as f32;
    match f64::from(short).to_bits() == float.to_bits() {
        true => float_32(out, short),
        false => float_64(out, float),
    }
}
