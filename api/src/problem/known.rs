//! What the rest of the program says, as a problem. What its caller may not know stays in the log.

use super::{Code, Problem};
use bridge::identity::{IdentityError, NotKnown};
use bridge::{AccountError, AdminError, RoomError, SayError};
use chat::{Denial, Objection, Refusal};
use media::MediaError;

impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Problem {
        match error.is_passing() {
            true => {
                tracing::warn!(%error, "a request could not be done just now: {error}");
                Problem::unavailable("the store can't do it just now; ask again")
            }
            false => Problem::internal(&error),
        }
    }
}

impl From<IdentityError> for Problem {
    fn from(error: IdentityError) -> Problem {
        match error {
            IdentityError::Busy => Problem::unavailable(error.to_string()),
            other => Problem::internal(&other),
        }
    }
}

impl From<NotKnown> for Problem {
    fn from(why: NotKnown) -> Problem {
        match why {
            NotKnown::Unknown => Problem::new(Code::WrongCredentials, why.to_string()),
            NotKnown::Deactivated => Problem::new(Code::Deactivated, why.to_string()),
            NotKnown::Busy => Problem::unavailable(why.to_string()),
            NotKnown::Store(error) => error.into(),
        }
    }
}

impl From<AccountError> for Problem {
    fn from(error: AccountError) -> Problem {
        let words = error.to_string();
        let code = match error {
            AccountError::NotKnown(why) => return why.into(),
            AccountError::Identity(why) => return why.into(),
            AccountError::Store(why) => return why.into(),
            AccountError::Admin(why) => return why.into(),
            AccountError::Closed => Code::RegistrationClosed,
            AccountError::NotInvited => Code::NotInvited,
            AccountError::HandleTaken(_) => Code::HandleTaken,
            AccountError::Text { .. } | AccountError::NotAService(_) => Code::Invalid,
            AccountError::KeptAway(_) | AccountError::Decided | AccountError::Grant(_) => Code::Invalid,
            AccountError::NoSuchMessage => return Problem::not_found("message"),
            AccountError::NoSuchRoom => return Problem::not_found("room"),
            AccountError::Quota(wait) => {
                return Problem { retry_after: Some(wait), ..Problem::new(Code::RateLimited, words) };
            }
            AccountError::NoSuchReport => return Problem::not_found("report"),
            AccountError::DeviceTaken(_) => Code::DeviceTaken,
            AccountError::TooMany(_) => Code::TooMany,
            AccountError::NoSuchUser(_) => return Problem::not_found("user"),
            AccountError::NoSuchGrant => return Problem::not_found("grant"),
            AccountError::NoSuchCredential => return Problem::not_found("credential"),
            AccountError::NoSuchLink => return Problem::not_found("link"),
            AccountError::NoSuchTicket => return Problem::not_found("invitation or link"),
        };
        Problem::new(code, words)
    }
}

impl From<RoomError> for Problem {
    fn from(error: RoomError) -> Problem {
        let words = error.to_string();
        match error {
            RoomError::NoSuchUser(_) => Problem::not_found("user"),
            RoomError::HandleTaken(_) => Problem::new(Code::HandleTaken, words),
            RoomError::BadSetting(_) => Problem::new(Code::Invalid, words),
            RoomError::NoSuchLink => Problem::not_found("link"),
            RoomError::Say(why) => why.into(),
        }
    }
}

impl From<AdminError> for Problem {
    fn from(error: AdminError) -> Problem {
        match error {
            AdminError::NoSuchUser(_) => Problem::not_found("user"),
            AdminError::NoSuchRoom(_) => Problem::not_found("room"),
            AdminError::NoMembers => Problem::new(Code::Invalid, "a room needs at least one member"),
            AdminError::Identity(why) => why.into(),
            AdminError::Store(why) => why.into(),
            AdminError::Say(why) => why.into(),
        }
    }
}

impl From<SayError> for Problem {
    fn from(error: SayError) -> Problem {
        match error {
            SayError::Refused(refusal) => refusal.into(),
            SayError::NotNow => Problem::unavailable(error.to_string()),
            SayError::Broken(why) => why.into(),
        }
    }
}

impl From<MediaError> for Problem {
    fn from(error: MediaError) -> Problem {
        let (words, retry_after) = (error.to_string(), error.retry_after());
        let code = match error {
            MediaError::Store(why) => return why.into(),
            MediaError::NotFound => return Problem::not_found("media"),
            MediaError::Broken(_) => return Problem::internal(&error),
            MediaError::Away(why) => {
                tracing::warn!("the place where media is kept can't be reached just now: {why}");
                Code::Unavailable
            }
            MediaError::Busy => Code::Unavailable,
            MediaError::Full => {
                tracing::warn!("an upload was refused: there is no room left on the disk for it");
                Code::NoSpace
            }
            MediaError::TooLarge(_) => Code::TooLarge,
            MediaError::Kind(_) => Code::KindNotTaken,
            MediaError::Empty | MediaError::Picture(_) | MediaError::Altered => Code::Invalid,
            MediaError::TooSlow(_) => Code::TooSlow,
            MediaError::BrokenOff => Code::BadRequest,
            MediaError::TooManyBytes(_) => Code::QuotaFull,
            MediaError::TooMany(_) => Code::TooMany,
        };
        Problem { retry_after, ..Problem::new(code, words) }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Problem {
        let words = refusal.to_string();
        match refusal {
            // A room that one is not in is as one that is not there.
            Refusal::NotAMember => Problem::not_found("room"),
            Refusal::NoSuchUser => Problem::not_found("user"),
            Refusal::Objected(Objection::NoSuchMessage) => Problem::not_found("message"),
            Refusal::MayNotCallAll => Problem::new(Code::NotAllowed, words),
            Refusal::Objected(Objection::NotYours | Objection::NotAllowed) => {
                Problem::new(Code::NotAllowed, words)
            }
            Refusal::Denied(denial) => {
                let code = match denial {
                    Denial::ReadOnly | Denial::Muted(_) | Denial::Banned | Denial::NotInvited => {
                        Code::NotAllowed
                    }
                    Denial::TooSoon(_) => Code::RateLimited,
                    Denial::Full | Denial::TooManyWays => Code::TooMany,
                    Denial::NoSuchMember => return Problem::not_found("member"),
                    Denial::OwnerStays | Denial::RoomOfTwo | Denial::Pointless => Code::Invalid,
                };
                let retry_after = denial.wait().filter(|_| code == Code::RateLimited);
                Problem { retry_after, ..Problem::new(code, words) }
            }
            Refusal::NoSuchMedia => Problem::not_found("media"),
            Refusal::TooLarge { .. } => Problem::new(Code::TooLarge, words),
            Refusal::DraftReused => Problem::new(Code::DraftReused, words),
            Refusal::Quota(wait) => {
                Problem { retry_after: Some(wait), ..Problem::new(Code::RateLimited, words) }
            }
            _ => Problem::new(Code::Invalid, words),
        }
    }
}
