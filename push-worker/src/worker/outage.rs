//! A provider is down for ten minutes, by a clock that a test drives: nothing is lost, the provider is left alone, and when it
//! is back nobody runs it over.

use super::{Pace, Worker};
use crate::address::{Address, Environment, Kind, ProviderName, Target};
use crate::answer::{Answer, Reason, Whose};
use crate::clock::{Clock, now};
use crate::manner::Manner;
use crate::notification::{Form, Notification};
use crate::provider::Provider;
use crate::providers::Providers;
use crate::settings::Settings;
use async_trait::async_trait;
use chat::{Act, Content, Entry, Handle, Reach, RoomId, Seq, Timestamp, UserId};
use parking_lot::Mutex;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;
use store::{
    Backlog, Candidate, Delivery, Due, Error, Habits, NewPushDevice, Note, NoteContext, OutcomeCount,
    PushAddress, PushDecision, PushDevice, PushDeviceId, PushRegistered, Pushes, Question, Settled, Settling,
    Take,
};
use tokio::time::{Instant, sleep};

const NOTES: i64 = 2_000;
const DOWN: Duration = Duration::from_secs(600);

/// Somebody who answers after a moment, and is down for the first ten minutes.
#[derive(Debug, Clone)]
struct Flaky {
    began: Instant,
    /// When it was asked, and whether it took it.
    asked: Arc<Mutex<Vec<(Duration, bool)>>>,
}

#[async_trait]
impl Provider for Flaky {
    async fn send(&self, _: &Address, what: &Notification) -> Answer {
        sleep(Duration::from_millis(20)).await;
        let at = self.began.elapsed();
        let is_up = at >= DOWN;
        self.asked.lock().push((at, is_up));
        match is_up {
            true => Answer::Sent { id: what.id.to_string(), whole: true },
            false => Answer::Later { after: None, of: Whose::Provider, reason: Reason::ours("down") },
        }
    }
}

/// Notes in memory, as much of a store as telling needs.
struct Memory {
    notes: Mutex<BTreeMap<i64, Waiting>>,
    /// What came of each, in the end.
    ended: Mutex<HashMap<i64, Settling>>,
}

struct Waiting {
    next_at: Timestamp,
    attempts: u32,
    taken: bool,
}

const NOT_ASKED: &str = "telling does not ask for it";

#[async_trait]
impl Pushes for Memory {
    async fn take_notes(&self, take: &Take) -> Result<Vec<Note>, Error> {
        let mut notes = self.notes.lock();
        let due = notes.iter_mut().filter(|(_, one)| !one.taken && one.next_at <= take.now);
        let taken = due.take(take.limit as usize).map(|(id, one)| {
            one.taken = true;
            note(*id, one.attempts, take)
        });
        Ok(taken.collect())
    }

    async fn note_contexts(
        &self,
        places: &[(UserId, RoomId)],
        _: Timestamp,
    ) -> Result<Vec<Option<NoteContext>>, Error> {
        let handle = Handle::new("tea").map_err(|_| Error::Broken("no handle".into()))?;
        let context =
            NoteContext { handle, name: None, direct: false, is_member: true, read: Seq::ZERO, badge: 1 };
        Ok(vec![Some(context); places.len()])
    }

    async fn said(&self, room: RoomId, _: Seq, to: Seq, _: u32, now: Timestamp) -> Result<Vec<Entry>, Error> {
        let from = Handle::new("ann").map_err(|_| Error::Broken("no handle".into()))?;
        Ok(vec![Entry {
            room,
            seq: to,
            n: 1,
            sender: UserId(1),
            from,
            origin: None,
            at: now,
            expires_at: None,
            draft: None,
            act: Act::Said(Content::text("the kettle is on")),
            reach: Reach::everybody(to),
        }])
    }

    async fn edit_of(&self, _: (RoomId, Seq), _: Timestamp) -> Result<Option<Entry>, Error> {
        Ok(None)
    }

    async fn settle(&self, settled: &[Settled]) -> Result<(), Error> {
        let mut notes = self.notes.lock();
        for one in settled {
            match &one.what {
                Settling::Later(at) | Settling::Waits(at) => {
                    let tried = matches!(one.what, Settling::Later(_));
                    let waiting = notes.get_mut(&one.device.0).expect("it waits");
                    (waiting.next_at, waiting.taken) = (*at, false);
                    waiting.attempts += u32::from(tried);
                }
                end => {
                    notes.remove(&one.device.0);
                    self.ended.lock().insert(one.device.0, end.clone());
                }
            }
        }
        Ok(())
    }

    async fn next_note(&self, _: &str) -> Result<Option<Timestamp>, Error> {
        Ok(self.notes.lock().values().map(|one| one.next_at).min())
    }

    async fn register_push(&self, _: &NewPushDevice, _: u32) -> Result<PushRegistered, Error> {
        unreachable!("{NOT_ASKED}")
    }

    async fn unregister_push(&self, _: UserId, _: &str, _: Option<&str>) -> Result<bool, Error> {
        unreachable!("{NOT_ASKED}")
    }

    async fn push_devices(&self, _: UserId) -> Result<Vec<PushDevice>, Error> {
        unreachable!("{NOT_ASKED}")
    }

    async fn habits(&self, _: UserId) -> Result<Habits, Error> {
        unreachable!("{NOT_ASKED}")
    }

    async fn set_habits(&self, _: UserId, _: &Habits) -> Result<(), Error> {
        unreachable!("{NOT_ASKED}")
    }

    async fn push_due(&self, _: u8, _: Timestamp, _: u32) -> Result<Vec<Due>, Error> {
        unreachable!("{NOT_ASKED}")
    }

    async fn candidates(&self, _: &Question) -> Result<Vec<Candidate>, Error> {
        unreachable!("{NOT_ASKED}")
    }

    async fn decide(&self, _: &[PushDecision]) -> Result<(), Error> {
        unreachable!("{NOT_ASKED}")
    }

    async fn deliveries(&self, _: PushDeviceId) -> Result<Vec<Delivery>, Error> {
        unreachable!("{NOT_ASKED}")
    }

    async fn dead_letters(&self, _: Option<i64>, _: u32) -> Result<Vec<Delivery>, Error> {
        unreachable!("{NOT_ASKED}")
    }

    async fn backlog(&self) -> Result<Vec<Backlog>, Error> {
        unreachable!("{NOT_ASKED}")
    }

    async fn outcomes(&self) -> Result<Vec<OutcomeCount>, Error> {
        unreachable!("{NOT_ASKED}")
    }

    async fn pushed(&self, _: (RoomId, Seq), _: &[UserId]) -> Result<Vec<(UserId, u32, u32)>, Error> {
        unreachable!("{NOT_ASKED}")
    }
}

fn note(id: i64, attempts: u32, take: &Take) -> Note {
    let manner =
        Manner { kind: Kind::Token, environment: Environment::Production, form: Form::Alert, content: true };
    let target = Target::read(ProviderName::Fcm, Kind::Token, &format!("device-{id}")).expect("an address");
    Note {
        device: PushDevice {
            id: PushDeviceId(id),
            user: UserId(1_000 + id),
            device: "phone".into(),
            app: "natter".into(),
            provider: take.provider.clone(),
            how: manner.written(),
            address: PushAddress::from(&target),
            registered_at: Timestamp(0),
            disabled: None,
        },
        room: RoomId(7),
        what: Some((Seq(2), Seq(2))),
        since: take.now,
        attempts,
        told: Seq::ZERO,
        by: take.by,
    }
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_is_down_for_ten_minutes_is_left_alone_and_not_run_over_afterwards() {
    let flaky = Flaky { began: Instant::now(), asked: Arc::default() };
    let fresh = |_| Waiting { next_at: Timestamp(0), attempts: 0, taken: false };
    let notes = Mutex::new((0..NOTES).map(|id| (id, fresh(id))).collect());
    let memory = Arc::new(Memory { notes, ended: Mutex::default() });
    let providers =
        Providers::with("natter", ProviderName::Fcm, Box::new(flaky.clone()), &Settings::default());
    let (began, first) = (Instant::now(), now());
    let clock = Clock::new(move || {
        Timestamp(first.0 + i64::try_from(began.elapsed().as_millis()).expect("not so late"))
    });
    let worker = Worker::default();
    worker.tell(memory.clone(), Arc::new(providers), Pace::default(), clock);

    while !memory.notes.lock().is_empty() {
        assert!(began.elapsed() < 3 * DOWN, "{} notes still wait", memory.notes.lock().len());
        sleep(Duration::from_secs(1)).await;
    }
    assert!(worker.drain(Duration::from_secs(60)).await);
    let ended = memory.ended.lock();
    assert!(ended.len() == 2_000 && ended.values().all(|end| *end == Settling::Told), "something was lost");
    let asked = flaky.asked.lock();
    // Those that were under way when it fell, and probes afterwards: at first after seconds, then each minute.
    let in_vain = asked.iter().filter(|(_, is_up)| !is_up).count();
    assert!(in_vain < 600, "it was asked {in_vain} times while it was down");
    let probes = asked.iter().filter(|(at, is_up)| !is_up && *at > Duration::from_secs(5)).count();
    assert!((5..=30).contains(&probes), "{probes} probes");
    let back = asked.iter().find(|(_, is_up)| *is_up).map(|(at, _)| *at).expect("it is told at last");
    assert!(back < DOWN + Duration::from_secs(90), "it was back for {:?} before it was asked", back - DOWN);
    let first_second =
        asked.iter().filter(|(at, _)| *at >= back && *at < back + Duration::from_secs(1)).count();
    assert!(first_second <= 500, "{first_second} came in the first second after it was back");
}
