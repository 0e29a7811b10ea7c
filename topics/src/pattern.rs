//! Topic filters laid over topics and over each other, by MQTT's wildcard rules. `[MQTT5-4.7]`, `[MQTT3-4.7]`
//!
//! Level by level and without recursion, so that a filter of sixty thousand levels is only long. All of them are
//! well formed: the codec and [`crate::filter::interest`] refuse others.

/// Whether the topic matches the filter. `[MQTT5-4.7.2-1]`
#[must_use]
pub fn matches(filter: &str, topic: &str) -> bool {
    if begins_aside(filter, topic) {
        return false;
    }
    let (mut filter, mut topic) = (filter.split('/'), topic.split('/'));
    loop {
        match (filter.next(), topic.next()) {
            (Some("#"), _) | (None, None) => return true,
            (Some("+"), Some(_)) => {}
            (Some(mine), Some(level)) if mine == level => {}
            _ => return false,
        }
    }
}

/// Whether every topic that matches `filter` matches `pattern` as well.
#[must_use]
pub fn covers(pattern: &str, filter: &str) -> bool {
    if begins_aside(pattern, filter) {
        return false;
    }
    let (mut pattern, mut filter) = (pattern.split('/'), filter.split('/'));
    loop {
        match (pattern.next(), filter.next()) {
            (Some("#"), _) | (None, None) => return true,
            (Some("+"), Some(level)) if level != "#" => {}
            (Some(mine), Some(level)) if mine == level => {}
            _ => return false,
        }
    }
}

/// Whether some topic could match both filters.
#[must_use]
pub fn overlap(one: &str, other: &str) -> bool {
    if begins_aside(one, other) || begins_aside(other, one) {
        return false;
    }
    let (mut one, mut other) = (one.split('/'), other.split('/'));
    loop {
        match (one.next(), other.next()) {
            (Some("#"), _) | (_, Some("#")) | (None, None) => return true,
            (Some("+"), Some(_)) | (Some(_), Some("+")) => {}
            (Some(mine), Some(level)) if mine == level => {}
            _ => return false,
        }
    }
}

/// A wildcard as the first level passes over names that begin with `$`.
fn begins_aside(filter: &str, other: &str) -> bool {
    filter.starts_with(['+', '#']) && other.starts_with('$')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_match_filters_as_the_standard_says() {
        let matching = [
            ("a/#", "a"),
            ("a/#", "a/b/c"),
            ("#", "/a"),
            ("+/+", "/finance"),
            ("/+", "/finance"),
            ("a/+/", "a/b/"),
        ];
        assert!(matching.iter().all(|(filter, topic)| matches(filter, topic)), "{matching:?}");
        let others = [
            ("+", "/finance"),
            ("a/+", "a"),
            ("a/+", "a/b/c"),
            ("#", "$SYS/a"),
            ("+/a", "$SYS/a"),
            ("a", "A"),
        ];
        assert!(!others.iter().any(|(filter, topic)| matches(filter, topic)), "{others:?}");
        assert!(matches("$SYS/#", "$SYS/a"));
    }

    #[test]
    fn a_pattern_covers_a_filter_only_if_it_covers_all_of_it() {
        let covering =
            [("a/#", "a/+/b"), ("a/#", "a/#"), ("a/#", "a"), ("+/b", "a/b"), ("+/b", "+/b"), ("#", "a/#")];
        assert!(covering.iter().all(|(pattern, filter)| covers(pattern, filter)), "{covering:?}");
        let others = [("a/+", "a/#"), ("a/b", "a/+"), ("a/+/c", "a/+"), ("#", "$SYS/#"), ("a", "a/#")];
        assert!(!others.iter().any(|(pattern, filter)| covers(pattern, filter)), "{others:?}");
    }

    #[test]
    fn filters_overlap_if_one_topic_could_match_both() {
        let overlapping = [("a/#", "a/b"), ("a/+", "+/b"), ("a/#", "a"), ("+/#", "a/b/c"), ("#", "a/#")];
        assert!(
            overlapping.iter().all(|(one, other)| overlap(one, other) && overlap(other, one)),
            "{overlapping:?}"
        );
        let others = [("a/b", "a/c"), ("a/+", "a"), ("a/+/c", "a/b/d"), ("#", "$SYS/a")];
        assert!(!others.iter().any(|(one, other)| overlap(one, other)), "{others:?}");
    }

    #[test]
    fn a_filter_of_very_many_levels_is_only_long() {
        let long = "/".repeat(65_535);
        assert!(matches("#", &long) && covers("#", &long) && !overlap(&long, "a"));
    }
}
