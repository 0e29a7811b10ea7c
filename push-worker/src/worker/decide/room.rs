//! Everything of one room: what was said there, and the verdict on each device of each of its people.

use super::super::Here;
use super::{Decider, Said, judge};
use chat::{Act, Entry, Event, EventKind, LARGE, RoomId, Seq, Timestamp, UserId};
use std::collections::BTreeMap;
use store::{Candidate, Due, Error, NewNote, PUSH, PushDecision, PushDeviceId, Question};

/// Entries that are looked at from the first one that is due, and back from the last one. Who missed more is told of the
/// last ones: it is one notification.
const FIRST: u32 = 50;
const LAST: u32 = 150;
/// Devices that are asked for at once.
const PAGE: u32 = 500;

/// Looks at a room.
pub(super) async fn decide(of: &Decider, due: &Due) -> Result<PushDecision, Error> {
    let now = of.clock.now();
    // Most rooms of a server have nobody in them who could be told.
    let entries = if due.anybody { entries(of, due, now).await? } else { Vec::new() };
    let said: Vec<Said> = entries.iter().filter_map(|entry| said(due.room, entry)).collect();
    let mut decision = PushDecision {
        kind: due.kind,
        room: due.room,
        to: due.last,
        notes: Vec::new(),
        again: None,
        read: if due.kind == PUSH.kind { speakers(&entries) } else { Vec::new() },
        now,
    };
    if said.is_empty() {
        return Ok(decision);
    }
    let mut question = question(due, &said);
    let mut people: (Option<UserId>, Vec<Here>) = (None, Vec::new());
    loop {
        let page = of.store.pushes().candidates(&question).await?;
        for candidate in &page {
            if people.0 != Some(candidate.user) {
                people = (Some(candidate.user), of.here.of(candidate.user, due.room));
            }
            let times = (now, of.began);
            let verdict = judge(&of.rules, candidate, (&said, due.members), &people.1, times);
            decision.notes.extend(verdict.tell.map(|told| note(candidate, told)));
            decision.again = sooner(decision.again, verdict.wait);
        }
        match page.last() {
            Some(last) if page.len() >= PAGE as usize => question.after = (last.user, last.id),
            _ => return Ok(decision),
        }
    }
}

fn question(due: &Due, said: &[Said]) -> Question {
    let mut senders: Vec<UserId> = said.iter().filter_map(|one| one.by).collect();
    senders.sort_unstable();
    senders.dedup();
    Question {
        room: due.room,
        from: due.from,
        to: due.last,
        senders,
        large: u64::from(due.members) > LARGE.unsigned_abs(),
        after: (UserId(i64::MIN), PushDeviceId(i64::MIN)),
        limit: PAGE,
    }
}

fn note(candidate: &Candidate, (from, seq, since): (Seq, Seq, Timestamp)) -> NewNote {
    let (device, user, provider) = (candidate.id, candidate.user, candidate.provider.clone());
    NewNote { device, user, provider, from, seq, since }
}

/// From the first of both, at the earlier time.
fn sooner(one: Option<(Seq, Timestamp)>, other: Option<(Seq, Timestamp)>) -> Option<(Seq, Timestamp)> {
    match (one, other) {
        (Some(one), Some(other)) => Some((one.0.min(other.0), one.1.min(other.1))),
        (one, other) => one.or(other),
    }
}

/// What is due, or its two ends.
async fn entries(of: &Decider, due: &Due, now: Timestamp) -> Result<Vec<Entry>, Error> {
    let pushes = of.store.pushes();
    let before = due.from.before();
    if due.last.0.saturating_sub(before.0) <= u64::from(FIRST + LAST) {
        return pushes.said(due.room, before, due.last, FIRST + LAST, now).await;
    }
    let mut entries = pushes.said(due.room, before, Seq(before.0 + u64::from(FIRST)), FIRST, now).await?;
    let last = Seq(due.last.0.saturating_sub(u64::from(LAST)));
    entries.extend(pushes.said(due.room, last, due.last, LAST, now).await?);
    Ok(entries)
}

/// Whether an entry is worth telling who is away: messages are, and of what a person is told what asks something of them.
pub(in crate::worker) fn said(room: RoomId, entry: &Entry) -> Option<Said> {
    let by = match &entry.act {
        Act::Said(_) => Some(entry.sender),
        Act::Told(event) if room.owner().is_some() && asks(event) => None,
        _ => return None,
    };
    Some(Said { seq: entry.seq, at: entry.at, by })
}

/// Of contacts only who asks to be one; that somebody agreed, or went, can wait.
fn asks(event: &Event) -> bool {
    match event.kind {
        EventKind::Contact => state(event).is_some_and(|state| state == "asked"),
        kind => kind.may_call(),
    }
}

fn state(event: &Event) -> Option<String> {
    let data: serde_json::Value = serde_json::from_str(event.data.as_deref()?).ok()?;
    Some(data.get("state")?.as_str()?.to_owned())
}

/// Who said something has read what was there before it.
fn speakers(entries: &[Entry]) -> Vec<(UserId, Seq)> {
    let mut last = BTreeMap::new();
    for entry in entries.iter().filter(|entry| matches!(entry.act, Act::Said(_))) {
        last.insert(entry.sender, entry.seq);
    }
    last.into_iter().collect()
}
