//! Topic names and filters: their syntax, and the bounds kept here.
//!
//! Levels are counted, never entered: a topic of 5,000 levels costs one pass over its bytes.

use crate::packet::Version;
use crate::{Flaw, Limits};

/// What precedes the name of a share. `[MQTT5-4.8.2-1]`
const SHARE: &str = "$share/";

/// That this names a topic and is within bounds.
pub(super) fn name(topic: &str, limits: &Limits) -> Result<(), Flaw> {
    unbounded_name(topic)?;
    if topic.len() > limits.topic_bytes {
        return Err(Flaw::TopicTooLong(limits.topic_bytes));
    }
    if levels(topic) > limits.topic_levels {
        return Err(Flaw::TopicTooDeep(limits.topic_levels));
    }
    Ok(())
}

/// That this names a topic, here or elsewhere.
pub(super) fn unbounded_name(topic: &str) -> Result<(), Flaw> {
    if topic.is_empty() {
        return Err(Flaw::TopicEmpty);
    }
    if topic.bytes().any(|byte| matches!(byte, b'+' | b'#')) {
        return Err(Flaw::TopicWildcard);
    }
    Ok(())
}

/// That this is a filter and is within bounds.
pub(super) fn filter(filter: &str, version: Version, limits: &Limits) -> Result<(), Flaw> {
    if filter.len() > limits.topic_bytes {
        return Err(Flaw::FilterTooLong(limits.topic_bytes));
    }
    match shared(filter, version) {
        Some(shared) => share(shared, limits),
        None => syntax(filter, limits),
    }
}

/// What follows `$share/`. 3.1.1 knows no shares: there it is a filter like any other.
pub(super) fn shared(filter: &str, version: Version) -> Option<&str> {
    match version {
        Version::V5 => filter.strip_prefix(SHARE),
        Version::V3 => None,
    }
}

/// A name without wildcards, a slash, a filter. `[MQTT5-4.8.2-2]`
fn share(shared: &str, limits: &Limits) -> Result<(), Flaw> {
    let (name, filter) = shared.split_once('/').ok_or(Flaw::FilterShare)?;
    if name.is_empty() || name.contains(['+', '#']) || filter.is_empty() {
        return Err(Flaw::FilterShare);
    }
    syntax(filter, limits)
}

fn syntax(filter: &str, limits: &Limits) -> Result<(), Flaw> {
    if filter.is_empty() {
        return Err(Flaw::FilterEmpty);
    }
    if levels(filter) > limits.topic_levels {
        return Err(Flaw::FilterTooDeep(limits.topic_levels));
    }
    let mut levels = filter.split('/').peekable();
    while let Some(level) = levels.next() {
        let last = levels.peek().is_none();
        if level.contains('#') && !(level == "#" && last) {
            return Err(Flaw::FilterHash);
        }
        if level.contains('+') && level != "+" {
            return Err(Flaw::FilterPlus);
        }
    }
    Ok(())
}

fn levels(topic: &str) -> usize {
    1 + topic.bytes().filter(|&byte| byte == b'/').count()
}
