//! Texts that people choose: how long they may be, and what must not be in them.

use super::AccountError;
use crate::share::names_a_group;
use chat::MediaId;
use secrecy::{ExposeSecret, SecretString};

/// Characters of a password at least: what NIST SP 800-63B asks for where it is not the only proof.
const PASSWORD_LEAST: usize = 8;
/// Bytes of a password at most: nobody types more, and a hash of more costs more.
const PASSWORD_MOST: usize = 256;
/// Bytes of an MQTT client id at most.
const DEVICE_MOST: usize = 128;

fn wrong(field: &'static str, why: impl Into<String>) -> AccountError {
    AccountError::Text { field, why: why.into() }
}

/// A new password.
pub(super) fn password(password: &SecretString) -> Result<(), AccountError> {
    let text = password.expose_secret();
    if text.chars().count() < PASSWORD_LEAST {
        return Err(wrong("password", format!("needs at least {PASSWORD_LEAST} characters")));
    }
    if text.len() > PASSWORD_MOST {
        return Err(wrong("password", format!("may have at most {PASSWORD_MOST} bytes")));
    }
    Ok(())
}

/// An MQTT client id.
pub(super) fn device(device: &str) -> Result<(), AccountError> {
    if device.is_empty() || device.len() > DEVICE_MOST || device.chars().any(char::is_control) {
        return Err(wrong("device", format!("is an MQTT client id of 1 to {DEVICE_MOST} bytes")));
    }
    if names_a_group(device) {
        return Err(wrong("device", "can't begin with `$share/`".to_owned()));
    }
    Ok(())
}

/// A line of at most so many characters.
pub(super) fn line(field: &'static str, text: &str, most: usize) -> Result<(), AccountError> {
    if text.chars().any(char::is_control) {
        return Err(wrong(field, "is one line, without control characters"));
    }
    length(field, text, most)
}

/// Several lines of at most so many characters.
pub(super) fn lines(field: &'static str, text: &str, most: usize) -> Result<(), AccountError> {
    if text.chars().any(|c| c.is_control() && c != '\n') {
        return Err(wrong(field, "may have lines, and no other control characters"));
    }
    length(field, text, most)
}

fn length(field: &'static str, text: &str, most: usize) -> Result<(), AccountError> {
    match text.chars().count() > most {
        true => Err(wrong(field, format!("may have at most {most} characters"))),
        false => Ok(()),
    }
}

/// Where a picture is: somewhere that is reached safely, or on this server; then which upload it is.
pub(super) fn picture(field: &'static str, address: &str) -> Result<Option<MediaId>, AccountError> {
    line(field, address, 2_048)?;
    if address.starts_with("https://") {
        return Ok(None);
    }
    match MediaId::shown_at(address) {
        Some(media) => Ok(Some(media)),
        None => Err(wrong(field, "begins with https://, or is /v1/media/{number}/thumbnail")),
    }
}

/// It is no picture that this user may hang there.
pub(super) fn no_picture(field: &'static str) -> AccountError {
    wrong(field, "is no picture that you uploaded")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_long_enough_and_not_endless() {
        for (text, fits) in [("", false), ("1234567", false), ("12345678", true), ("茶茶茶茶茶茶茶茶", true)]
        {
            assert_eq!(password(&SecretString::from(text)).is_ok(), fits, "{text}");
        }
        let endless = password(&SecretString::from("x".repeat(257))).unwrap_err().to_string();
        assert!(!endless.contains("xxx"), "{endless}");
    }

    #[test]
    fn a_picture_is_no_program() {
        assert!(picture("avatar", "javascript:alert(1)").is_err());
        assert!(picture("avatar", "https://example.org/ann.png").is_ok());
        assert!(line("name", "ann\u{7}", 10).is_err() && lines("about", "a\nb", 10).is_ok());
    }
}
