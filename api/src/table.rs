//! Everything that can be asked.

use crate::method::Method;
use crate::{accounts, admin, circle, media, presence, push, reports, rooms};

/// The table, in the order of the documentation.
pub(crate) fn methods() -> Vec<Method> {
    [
        accounts::methods(),
        circle::methods(),
        presence::methods(),
        rooms::methods(),
        media::methods(),
        push::methods(),
        reports::methods(),
        admin::methods(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod written; // and as topics.md shows it

#[cfg(test)]
mod tests {
    use super::*;
    use crate::method::{Access, Rate, Verb};
    use std::collections::HashSet;

    #[test]
    fn every_method_has_a_name_and_a_place_of_its_own() {
        let methods = methods();
        let names: HashSet<&str> = methods.iter().map(|one| one.name).collect();
        let places: HashSet<String> =
            methods.iter().map(|one| format!("{:?} {}", one.verb, one.path)).collect();
        assert_eq!((names.len(), places.len()), (methods.len(), methods.len()));
    }

    #[test]
    fn every_word_of_a_path_is_a_key_of_the_input_that_must_be_there() {
        for method in methods() {
            let required = method.input.schema["required"].as_array().cloned().unwrap_or_default();
            for key in method.path_keys() {
                assert!(required.iter().any(|one| one == key), "{method:?}: {key}");
            }
        }
    }

    #[test]
    fn strangers_are_counted_as_such_and_nobody_else_is() {
        for method in methods() {
            assert_eq!(method.access == Access::Anybody, method.rate == Rate::Stranger, "{method:?}");
            assert!(method.verb != Verb::Get || method.rate == Rate::Read, "{method:?}");
        }
    }

    #[test]
    fn the_page_has_every_method_in_this_order() {
        let page = include_str!("../../docs/api.md");
        let written: Vec<&str> = page
            .lines()
            .filter_map(|line| line.strip_prefix("| "))
            .filter(|row| row.contains(" /v1/"))
            .filter_map(|row| row.split('`').nth(1))
            .collect();
        let known: Vec<String> =
            methods().iter().map(|one| format!("{} {}", verb(one.verb), one.path)).collect();
        assert_eq!(written, known);
    }

    fn verb(verb: Verb) -> &'static str {
        match verb {
            Verb::Get => "GET",
            Verb::Post => "POST",
            Verb::Put => "PUT",
            Verb::Delete => "DELETE",
        }
    }
}
