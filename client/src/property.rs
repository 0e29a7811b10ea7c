//! A user property: what a packet says beside the fields of its kind.

/// The value of the first one with this name.
pub(crate) fn property<'a>(properties: &'a [(String, String)], key: &str) -> Option<&'a str> {
    properties.iter().find_map(|(name, value)| (name == key).then_some(value.as_str()))
}
