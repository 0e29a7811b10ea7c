//! An answer of the API, for a person: a list as a table, one thing as a key and its value in each line.

use serde_json::{Map, Value};
use unicode_segmentation::UnicodeSegmentation;

/// The longest cell, in characters: what is longer is for `--json`.
const CELL: usize = 60;

/// The lines of it.
pub(crate) fn lines(answer: &Value) -> Vec<String> {
    let Value::Object(object) = answer else { return vec![cell(answer)] };
    let lists: Vec<_> = object.iter().filter_map(|(key, value)| Some((key, rows(value)?))).collect();
    if lists.is_empty() {
        return one(object);
    }
    let full: Vec<_> = lists.into_iter().filter(|(_, rows)| !rows.is_empty()).collect();
    let mut lines = match &full[..] {
        [(_, rows)] => table(rows),
        several => several.iter().flat_map(|(key, rows)| named(key, rows)).collect(),
    };
    let rest = object.iter().filter(|(_, value)| !value.is_null() && rows(value).is_none());
    lines.extend(rest.map(|(key, value)| format!("{key}: {}", whole(value))));
    lines
}

/// A key and its value in each line; a thing inside the thing is told by its own keys.
fn one(object: &Map<String, Value>) -> Vec<String> {
    let there = object.iter().filter(|(_, value)| !value.is_null());
    let parts = there.flat_map(|(key, value)| match value {
        Value::Object(inner) if !inner.is_empty() => {
            let inner = inner.iter().filter(|(_, value)| !value.is_null());
            inner.map(|(word, value)| (format!("{key}.{word}"), value)).collect()
        }
        _ => vec![(key.clone(), value)],
    });
    let parts: Vec<_> = parts.collect();
    let width = parts.iter().map(|(key, _)| key.len()).max().unwrap_or_default();
    parts
        .into_iter()
        .map(|(key, value)| format!("{key:width$}  {}", whole(value)).trim_end().to_owned())
        .collect()
}

/// One list of several.
fn named(key: &str, rows: &[&Map<String, Value>]) -> Vec<String> {
    std::iter::once(format!("{key}:")).chain(table(rows)).chain([String::new()]).collect()
}

/// A list of objects.
fn rows(value: &Value) -> Option<Vec<&Map<String, Value>>> {
    value.as_array()?.iter().map(Value::as_object).collect()
}

/// One line for the keys, in the order of the first row that has them, and one for each row; none where there is no row.
fn table(rows: &[&Map<String, Value>]) -> Vec<String> {
    if rows.is_empty() {
        return Vec::new();
    }
    let mut keys: Vec<&str> = Vec::new();
    for key in
        rows.iter().flat_map(|row| row.iter()).filter(|(_, value)| !value.is_null()).map(|(key, _)| key)
    {
        if !keys.contains(&key.as_str()) {
            keys.push(key);
        }
    }
    let head = keys.iter().map(|key| (*key).to_owned()).collect();
    let body =
        rows.iter().map(|row| keys.iter().map(|key| row.get(*key).map_or_else(String::new, cell)).collect());
    let cells: Vec<Vec<String>> = std::iter::once(head).chain(body).collect();
    let widths: Vec<usize> =
        (0..keys.len()).map(|at| cells.iter().map(|row| width(&row[at])).max().unwrap_or_default()).collect();
    let line = |row: &Vec<String>| {
        let padded =
            row.iter().zip(&widths).map(|(cell, wide)| format!("{cell}{}", " ".repeat(wide - width(cell))));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    cells.iter().map(line).collect()
}

fn width(text: &str) -> usize {
    text.graphemes(true).count()
}

/// A value in one line, and no longer than a cell.
fn cell(value: &Value) -> String {
    let text = whole(value);
    match width(&text) > CELL {
        true => text.graphemes(true).take(CELL - 1).chain(["…"]).collect(),
        false => text,
    }
}

/// A value in one line: nothing of it can pretend to be another.
fn whole(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Array(list) if list.iter().all(|one| one.is_string() || one.is_number()) => {
            list.iter().map(whole).collect::<Vec<_>>().join(" ")
        }
        other => other.to_string(),
    };
    text.chars().map(|one| if one.is_control() { ' ' } else { one }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_list_is_a_table_and_what_stands_beside_it_comes_after() {
        let answer = json!({
            "users": [{"handle": "ann", "admin": true, "name": null}, {"handle": "böö", "admin": false}],
            "next": "abc",
        });
        assert_eq!(lines(&answer), ["admin  handle", "yes    ann", "no     böö", "next: abc"]);
    }

    #[test]
    fn one_thing_is_a_key_and_its_value_in_each_line() {
        let answer = json!({"handle": "ann", "state": "active", "name": null, "scopes": ["mqtt", "account"]});
        assert_eq!(lines(&answer), ["handle  ann", "scopes  mqtt account", "state   active"]);
        assert_eq!(lines(&json!({"users": []})), [""; 0]);
        let inside = json!({"credential": {"device": "doorbell", "label": null}, "secret": "nd_1"});
        assert_eq!(lines(&inside), ["credential.device  doorbell", "secret             nd_1"]);
    }

    #[test]
    fn of_several_lists_those_with_something_in_them_are_tables() {
        let answer = json!({"gone": [], "rooms": [{"room": "tea"}], "complete": true});
        assert_eq!(lines(&answer), ["room", "tea", "complete: yes"]);
        let answer = json!({"became": [{"seq": 2}], "messages": [{"seq": 1}, {"seq": 2}], "next": null});
        assert_eq!(lines(&answer), ["became:", "seq", "2", "", "messages:", "seq", "1", "2", ""]);
    }

    #[test]
    fn nothing_that_somebody_wrote_makes_a_line_of_its_own() {
        let answer = json!({"rows": [{"about": "one\ntwo\u{1b}[31m"}]});
        assert_eq!(lines(&answer), ["about", "one two [31m"]);
        let long = lines(&json!({"rows": [{"about": "x".repeat(200)}]}));
        assert_eq!(width(&long[1]), CELL);
    }
}
