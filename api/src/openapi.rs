//! The table as an OpenAPI document.

use crate::method::{Access, Carries, Method, Verb};
use crate::problem::{Code, Written};
use bytes::Bytes;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::PartialSchema;

/// Problems that any request may have.
const ALWAYS: [Code; 4] = [Code::BadRequest, Code::RateLimited, Code::Internal, Code::Unavailable];

/// The document, as it is served.
pub(crate) fn document(table: &[Method]) -> Bytes {
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    let mut schemas: BTreeMap<String, Value> = BTreeMap::new();
    schemas.insert("Problem".into(), value(&Written::schema()));
    for method in table {
        paths.entry(method.path).or_default().insert(verb(method.verb).into(), operation(method));
        for shape in [Some(&method.input), method.output.as_ref()].into_iter().flatten() {
            schemas.extend(shape.parts.iter().cloned());
        }
        if let Some(output) = &method.output {
            schemas.insert(output.name.clone(), output.schema.clone());
        }
    }
    let document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Natter",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "A chat server that any MQTT client can use. Problems are `application/problem+json` (RFC 9457); programs choose by `code`.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An access token, a device token or an API key.",
                },
            },
        },
    });
    serde_json::to_vec(&document).map(Bytes::from).unwrap_or_default()
}

fn value(schema: &impl serde::Serialize) -> Value {
    serde_json::to_value(schema).unwrap_or_default()
}

fn verb(verb: Verb) -> &'static str {
    match verb {
        Verb::Get => "get",
        Verb::Post => "post",
        Verb::Put => "put",
        Verb::Delete => "delete",
    }
}

fn operation(method: &Method) -> Value {
    let mut operation = json!({
        "operationId": method.name,
        "summary": method.summary,
        "tags": [method.name.split('.').next().unwrap_or_default()],
        "parameters": parameters(method),
        "responses": responses(method),
        "security": match method.access {
            Access::Anybody => json!([]),
            Access::Link(_) => json!([{ "token": [] }, {}]),
            Access::Scope(_) | Access::Admin => json!([{ "token": [] }]),
        },
    });
    match method.access {
        Access::Anybody => {}
        Access::Scope(scope) | Access::Link(scope) => operation["x-scope"] = scope.word().into(),
        Access::Admin => operation["x-scope"] = "admin".into(),
    }
    if let Some(body) = body(method) {
        operation["requestBody"] = body;
    }
    operation
}

/// Keys of the input that stand in the path, or in the query where there is no body.
fn parameters(method: &Method) -> Vec<Value> {
    let in_path: BTreeSet<&str> = method.path_keys().collect();
    let required: BTreeSet<&str> = method.required().collect();
    let mut parameters = Vec::new();
    for (key, schema) in method.input.schema["properties"].as_object().into_iter().flatten() {
        let place = match (in_path.contains(key.as_str()), has_body(method)) {
            (true, _) => "path",
            (false, false) => "query",
            (false, true) => continue,
        };
        let is_required = required.contains(key.as_str());
        parameters.push(json!({ "name": key, "in": place, "required": is_required, "schema": schema }));
    }
    if method.carries() == Carries::FileOut {
        parameters.push(json!({
            "name": "Range",
            "in": "header",
            "required": false,
            "description": "One stretch of bytes, such as `bytes=0-1023`.",
            "schema": { "type": "string" },
        }));
    }
    if method.creates {
        parameters.push(json!({
            "name": "Idempotency-Key",
            "in": "header",
            "required": false,
            "description": "Your own name for this request: sent again under it within a day, it is done once.",
            "schema": { "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$" },
        }));
    }
    parameters
}

/// Whether the object, or what of it is not in the path, is the body.
fn has_body(method: &Method) -> bool {
    matches!(method.verb, Verb::Post | Verb::Put) && method.carries() != Carries::FileIn
}

/// The rest of the input. Where nothing of it must be there, a body need not be.
fn body(method: &Method) -> Option<Value> {
    if method.carries() == Carries::FileIn {
        return Some(json!({ "required": true, "content": { "application/octet-stream": {} } }));
    }
    if !has_body(method) {
        return None;
    }
    let in_path: BTreeSet<&str> = method.path_keys().collect();
    let mut schema = method.input.schema.clone();
    let properties = schema["properties"].as_object_mut()?;
    properties.retain(|key, _| !in_path.contains(key.as_str()));
    if properties.is_empty() {
        return None;
    }
    let must: Vec<&str> = method.required().filter(|key| !in_path.contains(key)).collect();
    schema["required"] = json!(must);
    Some(json!({ "required": !must.is_empty(), "content": { "application/json": { "schema": schema } } }))
}

fn responses(method: &Method) -> Value {
    let mut responses = Map::new();
    if method.carries() == Carries::FileOut {
        responses.insert(
            "206".into(),
            json!({ "description": "The bytes of the range.", "content": { "*/*": {} } }),
        );
        responses.insert("304".into(), json!({ "description": "It is what `If-None-Match` says." }));
    }
    let done = match &method.output {
        None if method.carries() == Carries::FileOut => {
            json!({ "description": "The file.", "content": { "*/*": {} } })
        }
        None => json!({ "description": "Done." }),
        Some(output) => {
            let reference = format!("#/components/schemas/{}", output.name);
            let schema = json!({ "$ref": reference });
            json!({ "description": "Done.", "content": { "application/json": { "schema": schema } } })
        }
    };
    responses.insert(method.status().to_string(), done);
    let mut by_status: BTreeMap<u16, Vec<&str>> = BTreeMap::new();
    for code in codes(method) {
        by_status.entry(code.status()).or_default().push(code.word());
    }
    for (status, words) in by_status {
        let schema = json!({ "$ref": "#/components/schemas/Problem" });
        let told = json!({
            "description": format!("`{}`", words.join("`, `")),
            "content": { "application/problem+json": { "schema": schema } },
        });
        responses.insert(status.to_string(), told);
    }
    Value::Object(responses)
}

/// Every problem that a method may have.
fn codes(method: &Method) -> BTreeSet<Code> {
    let mut codes: BTreeSet<Code> = ALWAYS.into_iter().chain(method.problems.iter().copied()).collect();
    if method.access != Access::Anybody {
        codes.extend([Code::NoCredentials, Code::WrongCredentials, Code::Deactivated, Code::NotAllowed]);
    }
    if has_body(method) {
        codes.extend([Code::TooLarge, Code::UnsupportedMediaType]);
    }
    if method.creates {
        codes.extend([Code::RequestRunning, Code::KeyReused]);
    }
    codes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::methods;

    fn parsed() -> Value {
        serde_json::from_slice(&document(&methods())).unwrap()
    }

    #[test]
    fn every_reference_leads_somewhere() {
        fn look(document: &Value, at: &Value) {
            match at {
                Value::Object(object) => {
                    if let Some(reference) = object.get("$ref").and_then(Value::as_str) {
                        let found = document.pointer(reference.strip_prefix('#').unwrap());
                        assert!(found.is_some(), "{reference} leads nowhere");
                    }
                    object.values().for_each(|inner| look(document, inner));
                }
                Value::Array(list) => list.iter().for_each(|inner| look(document, inner)),
                _ => {}
            }
        }
        let document = parsed();
        look(&document, &document);
    }

    #[test]
    fn two_shapes_of_one_name_are_one_shape() {
        let mut known: BTreeMap<String, Value> = BTreeMap::new();
        for method in methods() {
            let given = method.output.iter().map(|one| (one.name.clone(), one.schema.clone()));
            let parts = [Some(&method.input), method.output.as_ref()].into_iter().flatten();
            let parts = parts.flat_map(|shape| shape.parts.iter().cloned());
            for (name, schema) in given.chain(parts) {
                let before = known.entry(name.clone()).or_insert_with(|| schema.clone());
                assert_eq!(*before, schema, "{method:?}: another shape is called {name} too");
            }
        }
    }

    #[test]
    fn a_method_stands_at_its_place_with_all_it_takes_and_gives() {
        let document = parsed();
        let register = &document["paths"]["/v1/accounts"]["post"];
        assert_eq!(register["operationId"], "account.register");
        assert_eq!(register["security"], json!([]));
        let body = &register["requestBody"]["content"]["application/json"]["schema"];
        assert_eq!(body["required"], json!(["handle", "password"]));
        assert!(register["responses"]["201"].is_object() && register["responses"]["409"].is_object());
        let end = &document["paths"]["/v1/me/credentials/{id}"]["delete"];
        assert_eq!(end["parameters"][0]["in"], "path");
        assert_eq!(end["x-scope"], "account");
        assert!(end["responses"]["204"].is_object() && end["requestBody"].is_null());
        let list = &document["paths"]["/v1/admin/users"]["get"];
        assert_eq!(list["parameters"][0]["in"], "query");
    }
}
