//! What came back, or why nothing did.

use crate::answer::{Answer, Reason, Whose};
use std::error::Error;
use std::time::{Duration, SystemTime};

/// Bytes of an answer that are read. Apple's and Google's have less than one KiB.
const MOST: usize = 16 << 10;
/// Nobody is left alone for longer because of one header.
const LONGEST_ASKED: Duration = Duration::from_secs(86_400);

/// An answer, as far as anybody looks at it.
#[derive(Debug)]
pub(crate) struct Reply {
    /// HTTP's.
    pub(crate) status: u16,
    /// `Retry-After`.
    pub(crate) after: Option<Duration>,
    /// `apns-id`, or `location`.
    pub(crate) id: Option<String>,
    /// The first bytes of the body.
    pub(crate) body: Vec<u8>,
}

/// Why no answer came.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// The address is one that may not be reached.
    Forbidden,
    /// Anything else that has to do with the way there.
    Way(Reason),
}

impl Reply {
    /// Sends, and reads what is worth reading.
    pub(crate) async fn to(request: reqwest::RequestBuilder) -> Result<Reply, Trouble> {
        let mut response = request.send().await.map_err(Trouble::of)?;
        let header = |name: &str| Some(response.headers().get(name)?.to_str().ok()?.to_owned());
        let mut reply = Reply {
            status: response.status().as_u16(),
            after: header("retry-after").and_then(|text| asked(&text, SystemTime::now())),
            id: header("apns-id").or_else(|| header("location")).filter(|id| id.len() <= 1024),
            body: Vec::new(),
        };
        // What does not come whole is judged by its status: it was taken, or it was not.
        while let Ok(Some(chunk)) = response.chunk().await {
            let room = MOST - reply.body.len();
            reply.body.extend_from_slice(&chunk[..chunk.len().min(room)]);
            if reply.body.len() == MOST {
                break;
            }
        }
        Ok(reply)
    }
}

impl Trouble {
    fn of(error: reqwest::Error) -> Trouble {
        let is_forbidden = chain(&error).any(|cause| cause.is::<super::Forbidden>());
        match () {
            () if is_forbidden => Trouble::Forbidden,
            () if error.is_timeout() => Trouble::Way(Reason::ours("no answer in time")),
            () if error.is_connect() => Trouble::Way(Reason::ours("no connection")),
            () => Trouble::Way(Reason::ours("the connection broke")),
        }
    }

    /// What it means for whoever sent something.
    pub(crate) fn answer(self) -> Answer {
        match self {
            Trouble::Forbidden => Answer::Disabled { reason: Reason::ours("a private address") },
            Trouble::Way(reason) => Answer::Later { after: None, of: Whose::Provider, reason },
        }
    }
}

fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// `Retry-After`: seconds, or a moment.
fn asked(text: &str, now: SystemTime) -> Option<Duration> {
    let wait = match text.trim().parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => httpdate::parse_http_date(text.trim()).ok()?.duration_since(now).unwrap_or_default(),
    };
    Some(wait.min(LONGEST_ASKED))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_to_come_again_is_seconds_or_a_moment_and_bounded() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_700);
        assert_eq!(asked("120", now), Some(Duration::from_secs(120)));
        assert_eq!(asked("Sun, 06 Nov 1994 08:49:37 GMT", now), Some(Duration::from_secs(77)));
        assert_eq!(asked("Sun, 06 Nov 1983 08:49:37 GMT", now), Some(Duration::ZERO));
        assert_eq!(asked("18446744073709551615", now), Some(LONGEST_ASKED));
        assert_eq!(asked("soon", now), None);
    }
}
