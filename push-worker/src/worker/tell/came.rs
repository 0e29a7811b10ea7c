//! What a provider's answer means for a note.

use crate::answer::{Answer, Reason};
use crate::manner::Unusable;
use crate::notification::Lifetime;
use crate::schedule::{Next, Schedule};
use chat::Timestamp;
use store::{Note, Outcome, Settling};

/// What becomes of a note, and what is reported of it.
pub(super) struct Came {
    pub(super) what: Settling,
    pub(super) outcome: Option<Outcome>,
}

impl Came {
    /// Its time was over before anybody took it.
    pub(super) fn expired(now: Timestamp) -> Came {
        Came { what: Settling::Dropped, outcome: Some(outcome("expired", "", "", true, now)) }
    }

    /// This program can't reach such a device.
    pub(super) fn unusable(why: &Unusable) -> Came {
        Came { what: Settling::Disabled(Reason::told(&why.to_string()).as_str().to_owned()), outcome: None }
    }
}

/// What an answer means. `good` is what becomes of the note when the provider took it.
pub(super) fn of(
    answer: Answer,
    note: &Note,
    (good, lifetime): (Settling, Lifetime),
    schedule: &Schedule,
    now: Timestamp,
) -> Came {
    let word = match (&answer, &good) {
        (Answer::Sent { .. }, Settling::TakenBack) => "withdrawn",
        _ => answer.outcome(),
    };
    let reason = answer.reason().map_or("", Reason::as_str).to_owned();
    let tells = good == Settling::Told;
    let told =
        |what, id: &str, is_dead| Came { what, outcome: Some(outcome(word, &reason, id, is_dead, now)) };
    match answer {
        Answer::Sent { id, .. } => told(good, &id, false),
        Answer::Gone { since, .. } => told(Settling::Gone(since), "", false),
        Answer::Disabled { .. } => told(Settling::Disabled(reason.clone()), "", false),
        // Such a device is not told such things: a browser shows nothing silently, so nothing is taken back there.
        Answer::Dropped { .. } => told(if tells { Settling::Dropped } else { good }, "", false),
        Answer::TooLarge { .. } | Answer::Broken { .. } => told(Settling::Dropped, "", tells),
        Answer::Held { after } => match next(schedule, 1, Some(after), lifetime, now) {
            // Nobody was asked, so there is nothing to report.
            Next::At(at) => Came { what: Settling::Waits(at), outcome: None },
            Next::Never => Came::expired(now),
        },
        Answer::Later { after, .. } => again(schedule, (note.attempts + 1, after), lifetime, now, told),
        Answer::Misconfigured { .. } => again(schedule, (note.attempts + 1, None), lifetime, now, told),
    }
}

fn again(
    schedule: &Schedule,
    (attempts, after): (u32, Option<std::time::Duration>),
    lifetime: Lifetime,
    now: Timestamp,
    told: impl Fn(Settling, &str, bool) -> Came,
) -> Came {
    match next(schedule, attempts, after, lifetime, now) {
        Next::At(at) => told(Settling::Later(at), "", false),
        Next::Never => told(Settling::Dropped, "", true),
    }
}

fn next(
    schedule: &Schedule,
    attempts: u32,
    after: Option<std::time::Duration>,
    lifetime: Lifetime,
    now: Timestamp,
) -> Next {
    schedule.next(attempts, after, lifetime, now, fastrand::f64())
}

fn outcome(word: &'static str, reason: &str, id: &str, is_dead: bool, now: Timestamp) -> Outcome {
    let number = Outcome::number(now, fastrand::u32(..));
    Outcome { number, word, reason: reason.to_owned(), id: id.to_owned(), is_dead }
}
