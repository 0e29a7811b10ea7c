//! The few packets of MQTT 5 that these tests write by hand.

/// A small packet: its first byte, its length, its parts.
pub(crate) fn packet(first: u8, parts: &[&[u8]]) -> Vec<u8> {
    let rest = parts.concat();
    [&[first, u8::try_from(rest.len()).unwrap()], rest.as_slice()].concat()
}

/// A text as MQTT writes it: its length, its bytes.
pub(crate) fn text(text: &str) -> Vec<u8> {
    [&u16::try_from(text.len()).unwrap().to_be_bytes(), text.as_bytes()].concat()
}

/// CONNECT with user name and password, clean start, keep alive of a minute, no properties.
pub(crate) fn connect(user: &str, password: &str) -> Vec<u8> {
    packet(0x10, &[b"\0\x04MQTT\x05\xc2\0\x3c\0", &text("device"), &text(user), &text(password)])
}
