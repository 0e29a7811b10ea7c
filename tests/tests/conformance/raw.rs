//! Packets byte by byte, for those that no encoder would write.

use mqtt::packet::Version;

/// A packet: its first byte, its length, and these parts.
///
/// # Panics
/// When it is longer than 268,435,455 bytes.
pub(crate) fn packet(first: u8, parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    let mut bytes = vec![first];
    let mut left = body.len();
    loop {
        let digit = (left % 128) as u8;
        left /= 128;
        bytes.push(if left > 0 { digit | 0x80 } else { digit });
        if left == 0 {
            break;
        }
    }
    assert!(bytes.len() <= 5, "a packet has no such length");
    bytes.extend(body);
    bytes
}

/// A text, or other bytes, with the length before it.
pub(crate) fn text(words: impl AsRef<[u8]>) -> Vec<u8> {
    let words = words.as_ref();
    let length = u16::try_from(words.len()).expect("texts are shorter");
    [&length.to_be_bytes()[..], words].concat()
}

/// Properties as a packet carries them: nothing in 3.1.1.
pub(crate) fn properties(version: Version, properties: &[u8]) -> Vec<u8> {
    match version {
        Version::V3 => Vec::new(),
        Version::V5 => {
            let length = u8::try_from(properties.len()).expect("few properties");
            assert!(length < 0x80, "few properties");
            [&[length][..], properties].concat()
        }
    }
}

/// A CONNECT without keep alive and properties.
pub(crate) fn connect(version: Version, flags: u8, fields: &[&[u8]]) -> Vec<u8> {
    let level = if version == Version::V3 { 4 } else { 5 };
    named(b"MQTT", level, version, flags, fields)
}

/// A CONNECT of a protocol with this name and level, shaped like this version.
pub(crate) fn named(name: &[u8], level: u8, shape: Version, flags: u8, fields: &[&[u8]]) -> Vec<u8> {
    let head = [&text(name)[..], &[level, flags, 0, 0], &properties(shape, &[])].concat();
    packet(0x10, &[&[&head[..]], fields].concat())
}

/// A PUBLISH with this first byte; the id is there if it is given.
pub(crate) fn publish(
    version: Version,
    first: u8,
    topic: &[u8],
    id: Option<u16>,
    extra: &[u8],
    payload: &[u8],
) -> Vec<u8> {
    let id = id.map(u16::to_be_bytes).map(Vec::from).unwrap_or_default();
    packet(first, &[&text(topic), &id, &properties(version, extra), payload])
}

/// A SUBSCRIBE (0x82) or UNSUBSCRIBE (0xa2): an id and whatever follows the properties.
pub(crate) fn request(version: Version, first: u8, id: u16, extra: &[u8], rest: &[u8]) -> Vec<u8> {
    packet(first, &[&id.to_be_bytes(), &properties(version, extra), rest])
}
