//! The rule: whether a device is told of what was said, now, later or not at all. No clock, store or socket is in its
//! reach.

use super::super::Here;
use super::quiet;
use chat::{LARGE, Seq, Timestamp, UserId};
use std::time::Duration;
use store::{Candidate, PushLevel};

/// The times of the rule.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// How long a device that is connected may take to acknowledge.
    pub grace: Duration,
    /// How long somebody counts as looking at a device after they did something with it.
    pub active: Duration,
    /// How long it is worth waiting for somebody who looks at another device: after that they have seen that there is
    /// something.
    pub patience: Duration,
}

impl Default for Rules {
    fn default() -> Rules {
        Rules {
            grace: Duration::from_secs(10),
            active: Duration::from_secs(30),
            patience: Duration::from_secs(120),
        }
    }
}

/// What the last acknowledgements in the grace need to be known here.
const SETTLE: Duration = Duration::from_secs(1);

/// Something that was said and is worth telling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::worker) struct Said {
    /// Where.
    pub(in crate::worker) seq: Seq,
    /// When.
    pub(super) at: Timestamp,
    /// By whom; nobody where the server told it.
    pub(in crate::worker) by: Option<UserId>,
}

/// What becomes of a device.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Verdict {
    /// It is told of these, from the first to the last, of which the first was said then.
    pub(super) tell: Option<(Seq, Seq, Timestamp)>,
    /// It is looked at again from here, then.
    pub(super) wait: Option<(Seq, Timestamp)>,
}

/// Judges.
///
/// `said` is in order. `here` are the devices of the same person that are connected. `members` is how many the room has.
/// `began` is when this server did: a device that was connected before may come back.
pub(super) fn judge(
    rules: &Rules,
    candidate: &Candidate,
    (said, members): (&[Said], u32),
    here: &[Here],
    (now, began): (Timestamp, Timestamp),
) -> Verdict {
    let worth = worth_telling(candidate, said, members);
    let Some(last) = worth.last() else { return Verdict::default() };
    let is_silent = candidate.muted_until.is_some_and(|until| until > now)
        || candidate.quiet.as_ref().is_some_and(|hours| quiet::is_quiet(hours, now));
    if is_silent {
        return Verdict::default();
    }
    if let Some(until) = looked_at(rules, candidate, last, here, now) {
        let is_patient = now < after(last.at, rules.patience);
        return Verdict { tell: None, wait: is_patient.then(|| (worth[0].seq, until)) };
    }
    let itself = here.iter().find(|one| *one.device == candidate.device);
    let (delivered, is_live, since) = match (itself, candidate.seat) {
        (Some(itself), _) => (itself.delivered, !itself.background, Timestamp(0)),
        (None, Some(seat)) => (seat.delivered, seat.running, began),
        (None, None) => (Seq::ZERO, false, Timestamp(0)),
    };
    let missing = worth.into_iter().filter(|one| one.seq > delivered);
    let ripe_at = |one: &Said| after(after(one.at.max(since), rules.grace), SETTLE);
    let (tell, wait): (Vec<Said>, Vec<Said>) = missing.partition(|one| !is_live || ripe_at(one) <= now);
    Verdict {
        tell: tell.first().zip(tell.last()).map(|(first, last)| (first.seq, last.seq, first.at)),
        wait: wait.first().map(|first| (first.seq, ripe_at(first))),
    }
}

/// Until when somebody is believed to look at another device, which shows it. One that has not acknowledged it yet is given
/// the time that it may take; after that nobody relies on it.
fn looked_at(
    rules: &Rules,
    candidate: &Candidate,
    last: &Said,
    here: &[Here],
    now: Timestamp,
) -> Option<Timestamp> {
    let others = here.iter().filter(|one| !one.background && *one.device != candidate.device);
    let active =
        others.map(|one| (one, after(one.active_at, rules.active))).filter(|(_, until)| *until > now);
    let until = active.map(|(one, until)| match one.delivered >= last.seq {
        true => until,
        false => until.min(after(after(last.at, rules.grace), SETTLE)),
    });
    until.max().filter(|until| *until > now)
}

/// What of it this person did not read, may hear and wants to be told.
fn worth_telling(candidate: &Candidate, said: &[Said], members: u32) -> Vec<Said> {
    let usual = if u64::from(members) > LARGE.unsigned_abs() { PushLevel::Mentions } else { PushLevel::All };
    let wanted = |one: &Said| match candidate.level.unwrap_or(usual) {
        PushLevel::All => true,
        // Of those before the last one that calls them, some may have called them as well.
        PushLevel::Mentions => candidate.called == Some(one.seq),
        PushLevel::None => false,
    };
    let known = candidate.read.max(candidate.done);
    let said = said.iter().copied();
    said.filter(|one| one.seq > known && one.seq >= candidate.hears_from)
        .filter(|one| one.by.is_none_or(|by| by != candidate.user && !candidate.keeps_away.contains(&by)))
        .filter(wanted)
        .collect()
}

fn after(at: Timestamp, time: Duration) -> Timestamp {
    Timestamp(at.0.saturating_add(i64::try_from(time.as_millis()).unwrap_or(i64::MAX)))
}

#[cfg(test)]
mod tests; // situations, one after another
