//! Words on a wire: one JSON object a line. A line that is too long ends the conversation before it is in memory.

use serde::{Serialize, de::DeserializeOwned};
use std::io::{Error, ErrorKind};
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// The longest line, in bytes: a body of 8 MiB (the most that can be configured) would be 48 MiB with every byte
/// escaped; but who says such a thing by command line? A body of 1 MiB of plain text fits.
pub(super) const LONGEST: u64 = 2 << 20;

/// Reads the next line; `None` at the end.
pub(super) async fn read<T: DeserializeOwned>(
    from: &mut (impl AsyncBufRead + Unpin),
) -> Result<Option<T>, Error> {
    let mut line = Vec::new();
    from.take(LONGEST).read_until(b'\n', &mut line).await?;
    if line.is_empty() {
        return Ok(None);
    }
    if line.pop() != Some(b'\n') {
        let why = if line.len() as u64 + 1 >= LONGEST { "a line is too long" } else { "a line has no end" };
        return Err(Error::new(ErrorKind::InvalidData, why));
    }
    // Not the parser's own words: they may quote a secret.
    let not_ours =
        |_| Error::new(ErrorKind::InvalidData, "a line is not one of ours; are both of the same version?");
    serde_json::from_slice(&line).map(Some).map_err(not_ours)
}

/// Writes a line.
pub(super) async fn write(words: &impl Serialize, to: &mut (impl AsyncWrite + Unpin)) -> Result<(), Error> {
    let mut line = serde_json::to_vec(words)?;
    line.push(b'\n');
    if line.len() as u64 > LONGEST {
        return Err(Error::new(ErrorKind::InvalidData, "this is too long for the control socket"));
    }
    to.write_all(&line).await
}

#[cfg(test)]
mod tests {
    use super::super::words::{Answer, Request};
    use super::*;

    #[tokio::test]
    async fn a_request_arrives_as_it_was_sent_with_its_secret() {
        let request =
            Request::AddUser {
                name: "ann".into(), password: Some("tea\n☕".to_owned().into()), admin: true
            };
        let mut wire = Vec::new();
        write(&request, &mut wire).await.unwrap();
        let read: Request = read(&mut wire.as_slice()).await.unwrap().unwrap();
        let mut again = Vec::new();
        write(&read, &mut again).await.unwrap();
        assert_eq!(wire, again);
        assert!(String::from_utf8(wire).unwrap().contains(r"tea\n☕"));
        assert!(!format!("{read:?}").contains("tea"), "a request does not print its secret");
    }

    #[tokio::test]
    async fn the_end_of_the_wire_is_not_a_request() {
        assert!(read::<Request>(&mut &b""[..]).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn a_line_without_an_end_is_refused_before_it_fills_the_memory() {
        let mut endless = tokio::io::BufReader::new(tokio::io::repeat(b'x'));
        let error = read::<Request>(&mut endless).await.unwrap_err();
        assert_eq!(error.to_string(), "a line is too long");
        let error = read::<Request>(&mut &br#""users""#[..]).await.unwrap_err();
        assert_eq!(error.to_string(), "a line has no end");
    }

    #[tokio::test]
    async fn words_of_another_version_are_refused_without_being_quoted() {
        let error =
            read::<Request>(&mut &b"{\"add_user\":{\"password\":\"planted\"}}\n"[..]).await.unwrap_err();
        assert!(!error.to_string().contains("planted"), "{error}");
    }

    #[tokio::test]
    async fn an_answer_is_the_last_when_it_says_how_it_went() {
        assert!(Answer::Done(String::new()).is_last());
        assert!(Answer::Refused("no".into()).is_last());
        assert!(!Answer::User { name: "ann".into(), admin: false }.is_last());
    }
}
