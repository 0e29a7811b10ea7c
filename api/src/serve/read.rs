//! The request becomes an object.

use crate::method::{Carries, Method, Verb};
use crate::perform::Api;
use crate::problem::{Code, Problem};
use axum::extract::{FromRequestParts, Query, RawPathParams, Request};
use axum::http::{HeaderMap, header};
use serde_json::{Map, Value};

/// Path, query and body as one object.
pub(super) async fn input(api: &Api, method: &Method, request: Request) -> Result<Value, Problem> {
    let (mut parts, body) = request.into_parts();
    let mut object = match method.verb {
        Verb::Get | Verb::Delete => Map::new(),
        Verb::Post | Verb::Put if method.carries() == Carries::FileIn => Map::new(),
        Verb::Post | Verb::Put => {
            let body = axum::body::to_bytes(body, api.config.body_limit).await;
            let limit = api.config.body_limit;
            let body = body.map_err(|_| {
                Problem::new(Code::TooLarge, format!("the body may have {limit} bytes, and must come whole"))
            })?;
            object(&parts.headers, &body)?
        }
    };
    let query = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
    let Query(query) = query.map_err(|_| Problem::bad_request("the query can't be read"))?;
    for (key, text) in query {
        let value = if method.takes_text(&key) { Value::String(text) } else { value(text) };
        put(&mut object, &key, value)?;
    }
    let path = RawPathParams::from_request_parts(&mut parts, &()).await;
    let path = path.map_err(|_| Problem::bad_request("the path can't be read"))?;
    for (key, text) in &path {
        put(&mut object, key, Value::String(text.to_owned()))?;
    }
    Ok(Value::Object(object))
}

fn object(headers: &HeaderMap, body: &[u8]) -> Result<Map<String, Value>, Problem> {
    if body.is_empty() {
        return Ok(Map::new());
    }
    if !is_json(headers) {
        return Err(Problem::new(Code::UnsupportedMediaType, "Content-Type must be application/json"));
    }
    // Of what stands there only the place is said: it may be a secret.
    let broken = |error: serde_json::Error| {
        Problem::bad_request(format!(
            "the body is no JSON object: line {} column {}",
            error.line(),
            error.column()
        ))
    };
    serde_json::from_slice(body).map_err(broken)
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
}

/// What a query says has no type. Where no text is asked for, digits are a number, and `true` and `false` are truth.
fn value(text: String) -> Value {
    match text.as_str() {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        digits if digits.len() < 20 && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            digits.parse::<u64>().map_or(Value::String(text.clone()), Value::from)
        }
        _ => Value::String(text),
    }
}

fn put(object: &mut Map<String, Value>, key: &str, value: Value) -> Result<(), Problem> {
    match object.insert(key.to_owned(), value) {
        None => Ok(()),
        Some(_) => {
            let key: String = key.chars().take(64).collect();
            Err(Problem::bad_request(format!("`{key}` is given twice")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_says_numbers_truth_and_texts() {
        assert_eq!(value("42".into()), Value::from(42));
        assert_eq!(value("true".into()), Value::Bool(true));
        for text in ["", "4x", "-1", "99999999999999999999", "tea"] {
            assert_eq!(value(text.into()), Value::String(text.into()));
        }
    }

    #[test]
    fn what_is_given_twice_is_refused() {
        let mut object = Map::new();
        put(&mut object, "user", Value::from("ann")).unwrap();
        assert_eq!(put(&mut object, "user", Value::from("bo")).unwrap_err().code, Code::BadRequest);
    }
}
