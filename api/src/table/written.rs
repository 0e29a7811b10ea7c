//! The table as `topics.md` shows it: every method in one line, made from what OpenAPI is made of.
//!
//! A test holds the page to it. `NATTER_WRITE_PAGES=1 cargo test -p api the_page_of_topics` writes the page anew after
//! the table was changed.

use crate::method::{Access, Carries, Method, Shape};
use serde_json::Value;
use std::collections::BTreeSet;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../topics.md");
const BEGIN: &str = "<!-- methods: made by tests from the table that HTTP is made of -->\n";
const END: &str = "<!-- methods end -->";

/// The rows, with their heading. A file travels by HTTP only.
fn rows(table: &[Method]) -> String {
    let mut rows = "| method | who may | takes | gives | what it does |\n|---|---|---|---|---|\n".to_owned();
    for method in table.iter().filter(|method| method.carries() == Carries::Nothing) {
        let who = match method.access {
            Access::Anybody => "anybody".to_owned(),
            Access::Scope(scope) | Access::Link(scope) => format!("`{}`", scope.word()),
            Access::Admin => "administrators".to_owned(),
        };
        let takes = keys(&method.input, true);
        let gives = method.output.as_ref().map_or_else(String::new, |output| keys(output, false));
        rows += &format!("| `{}` | {who} | {takes} | {gives} | {} |\n", method.name, method.summary);
    }
    rows
}

/// The keys of an object: of one that is taken with their types, of one that is given only by name.
fn keys(shape: &Shape, with_types: bool) -> String {
    let required = shape.schema["required"].as_array().into_iter().flatten();
    let required: BTreeSet<&str> = required.filter_map(Value::as_str).collect();
    let properties = shape.schema["properties"].as_object().into_iter().flatten();
    let key = |(name, schema): (&String, &Value)| {
        let may_lack = if required.contains(name.as_str()) { "" } else { "?" };
        match with_types {
            true => format!("`{name}{may_lack}` {}", word(schema)),
            false => format!("`{name}`"),
        }
    };
    properties.map(key).collect::<Vec<_>>().join(", ")
}

/// A type in a word or two.
fn word(schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        return match reference.rsplit('/').next().unwrap_or_default() {
            "Name" => "name",
            "Whom" => "name or `*`",
            "Number" | "Id" => "number",
            "Secret" => "secret",
            "At" => "time",
            "PushAddressGiven" => "text or object",
            _ => "object",
        }
        .to_owned();
    }
    for several in ["oneOf", "anyOf", "allOf"] {
        if let Some(list) = schema[several].as_array() {
            let words = list.iter().filter(|one| one["type"] != "null").map(word);
            return words.collect::<Vec<_>>().join(" or ");
        }
    }
    let kinds = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
        kind => kind.as_str(),
    };
    match kinds.unwrap_or("object") {
        "array" => format!("list of {}", word(&schema["items"])),
        "integer" => "whole number".to_owned(),
        "boolean" => "true or false".to_owned(),
        "string" => "text".to_owned(),
        other => other.to_owned(),
    }
}

#[test]
fn the_page_of_topics_lists_every_method_as_openapi_has_it() {
    let page = std::fs::read_to_string(PAGE).unwrap();
    let (before, rest) = page.split_once(BEGIN).expect("the page has a place for the methods");
    let (written, after) = rest.split_once(END).expect("and the end of it");
    let made = rows(&super::methods());
    if std::env::var_os("NATTER_WRITE_PAGES").is_some() {
        std::fs::write(PAGE, format!("{before}{BEGIN}{made}{END}{after}")).unwrap();
        return;
    }
    assert!(
        written == made,
        "topics.md is behind the table: NATTER_WRITE_PAGES=1 cargo test -p api the_page_of_topics"
    );
}
