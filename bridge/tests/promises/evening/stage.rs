//! The same acts, done to the product by those who do them.

use super::act::{Act, Own, Setting};
use super::model::{Answer, Calls, DEN, PEOPLE, Person, ROOMS, TEA};
use super::speech::Place;
use crate::company::{Company, handle};
use crate::device::{Device, property};
use crate::ground::Engine;
use bridge::{AdminError, Receipt, RoomError, RoomWish, SayError, Terms};
use chat::{
    Change, Handle, History, Joining, LinkHash, LinkId, NewSettings, OpenWays, Person as Named, Role, RoomId,
    RoomKind, Seq, Timestamp,
};
use mqtt::ReasonCode;
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;
use store::{Account, SettingsChange, Store as _, Unsaid};

pub(super) const SIGNS: [&str; 2] = ["+1", "🫖"];

/// The product, with the people and rooms of the model in it.
pub(super) struct Stage {
    pub(super) company: Company,
    pub(super) people: Vec<Account>,
    pub(super) rooms: [Handle; ROOMS],
    pub(super) ids: [RoomId; ROOMS],
    /// All that were ever made.
    links: Vec<(usize, LinkId, SecretString)>,
}

type Outcome = Result<Answer, Answer>;

/// What the product says of what somebody said.
fn receipt(done: Result<Receipt, SayError>) -> Outcome {
    match done {
        Ok(receipt) if receipt.duplicate => Ok(Answer::Before(receipt.seq.0)),
        Ok(receipt) => Ok(Answer::Entry(receipt.seq.0)),
        Err(error) => Err(said_no(error)),
    }
}

fn said_no(error: SayError) -> Answer {
    match error {
        SayError::Refused(refusal) => Answer::No(refusal.code()),
        other => panic!("nothing is broken here: {other}"),
    }
}

fn no(error: RoomError) -> Answer {
    match error {
        RoomError::Say(error) => said_no(error),
        RoomError::NoSuchUser(_) => Answer::No("no_such_user"),
        RoomError::NoSuchLink => Answer::No("no_such_link"),
        other => panic!("nobody tries that here: {other}"),
    }
}

fn done(done: Result<(), RoomError>) -> Outcome {
    done.map(|()| Answer::Done).map_err(no)
}

fn mentions(calls: &Calls) -> serde_json::Value {
    let names = calls.names.iter().map(|who| PEOPLE[*who]);
    names.chain(calls.all.then_some("@all")).collect()
}

/// The payload of what is published.
fn payload(act: &Act, at: impl Fn(u64) -> u64, source: &Handle) -> Option<serde_json::Value> {
    use serde_json::json;
    Some(match act {
        Act::Say(calls) => json!({"body": "the kettle is on", "mentions": mentions(calls)}),
        Act::Edit(back, calls) => {
            json!({"kind": "edit", "of": at(*back), "body": "or so", "mentions": mentions(calls)})
        }
        Act::Recall(back) => json!({"kind": "recall", "of": at(*back)}),
        Act::React(back, sign) => json!({"kind": "react", "of": at(*back), "body": SIGNS[*sign]}),
        Act::Unreact(back, sign) => json!({"kind": "unreact", "of": at(*back), "body": SIGNS[*sign]}),
        Act::Pin(back) => json!({"kind": "pin", "of": at(*back)}),
        Act::Unpin(back) => json!({"kind": "unpin", "of": at(*back)}),
        Act::Forward(_, back) => json!({"of_room": source.as_str(), "of": at(*back)}),
        _ => return None,
    })
}

impl Stage {
    pub(super) async fn set(engine: Engine) -> Stage {
        let company = Company::on(engine, &PEOPLE).await;
        let mut people = Vec::new();
        for name in PEOPLE {
            people.push(company.store.account(&handle(name)).await.unwrap().unwrap());
        }
        let two = company.bridge.direct_room(&people[0], &people[1].handle).await.unwrap();
        let rooms = [handle("tea"), handle("den"), two];
        let open =
            NewSettings { join: Some(Joining::Open), history: Some(History::All), ..NewSettings::default() };
        for (at, kind, members, settings) in [
            (TEA, RoomKind::Group, &PEOPLE[1..3], open),
            (DEN, RoomKind::Channel, &PEOPLE[1..2], NewSettings::default()),
        ] {
            let members = members.iter().map(|name| handle(name)).collect();
            let wish = RoomWish { handle: Some(rooms[at].clone()), kind, members, settings };
            company.bridge.open_room(&people[0], wish).await.unwrap();
        }
        let mut ids = [RoomId(0); ROOMS];
        for (id, room) in ids.iter_mut().zip(&rooms) {
            *id = company.room_id(room.as_str()).await;
        }
        Stage { company, people, rooms, ids, links: Vec::new() }
    }

    /// Does it. `device` is who publishes what can be published, if a device of theirs is here; `at` says which message
    /// is meant.
    pub(super) async fn does(
        &mut self,
        (room, by): Place,
        act: &Act,
        at: impl Fn(u64) -> u64,
        device: Option<&Device>,
    ) -> Outcome {
        let source = if let Act::Forward(from, _) = act { &self.rooms[*from] } else { &self.rooms[room] };
        if let Some(payload) = payload(act, &at, source) {
            return self.says((room, by), &payload.to_string(), device).await;
        }
        match act {
            Act::Mark(back) => self.marks((room, by), at(*back), device).await,
            Act::Set(_) | Act::Join | Act::Leave => self.changes((room, by), self.change(by, act)).await,
            Act::Kick(who) | Act::Ban(who) | Act::Unban(who) | Act::Mute(who) | Act::Unmute(who) => {
                self.changes((room, by), self.change(*who, act)).await
            }
            Act::Appoint(who, _) | Act::HandOver(who) => {
                self.changes((room, by), self.change(*who, act)).await
            }
            Act::Add(who, role) => {
                let who = self.active(by, *who).await?;
                self.changes((room, by), Change::Add { who, role: *role }).await
            }
            Act::Own(own) => self.sets((room, by), *own).await,
            Act::Begin(text) => {
                let text = if *text { "well, " } else { "" };
                let unsaid = Unsaid { text: text.into(), at: Timestamp(1) };
                let kept =
                    self.company.bridge.keep_unsaid(&self.people[by], &self.rooms[room], &unsaid).await;
                kept.map(|()| Answer::Done).map_err(said_no)
            }
            Act::Brought => {
                self.company.join(self.rooms[room].as_str(), PEOPLE[by]).await;
                Ok(Answer::Done)
            }
            Act::TakenOut => {
                self.company.leave(self.rooms[room].as_str(), PEOPLE[by]).await;
                Ok(Answer::Done)
            }
            Act::Enthroned => {
                let made = self.company.bridge.set_owner(&self.rooms[room], &self.people[by].handle).await;
                match made {
                    Ok(()) => Ok(Answer::Done),
                    Err(AdminError::Say(error)) => Err(said_no(error)),
                    Err(other) => panic!("everybody here is known: {other}"),
                }
            }
            _ => self.comes_in((room, by), act).await,
        }
    }

    /// By MQTT, where a device is here; else as a request does it.
    async fn says(&self, (room, by): Place, payload: &str, device: Option<&Device>) -> Outcome {
        let room = &self.rooms[room];
        let Some(device) = device else {
            let payload = payload.to_owned().into();
            return receipt(self.company.bridge.say_json(&self.people[by], room, payload).await);
        };
        let outcome = device.say(&format!("rooms/{room}/say"), payload).await;
        let seq = || property(&outcome, "seq").unwrap().parse().unwrap();
        match property(&outcome, "refused") {
            Some(word) => Err(Answer::No(word.leak())),
            None if property(&outcome, "duplicate").is_some_and(|is| is == "true") => {
                Ok(Answer::Before(seq()))
            }
            None => Ok(Answer::Entry(seq())),
        }
    }

    async fn marks(&self, (room, by): Place, seq: u64, device: Option<&Device>) -> Outcome {
        let room = &self.rooms[room];
        let Some(device) = device else {
            let marked = self.company.bridge.mark_read(&self.people[by], room, Seq(seq)).await;
            return marked.map(|()| Answer::Done).map_err(said_no);
        };
        let outcome = device.say(&format!("rooms/{room}/read"), &seq.to_string()).await;
        match property(&outcome, "refused") {
            Some(word) => Err(Answer::No(word.leak())),
            None => {
                assert_eq!(outcome.code, ReasonCode::Success);
                Ok(Answer::Done)
            }
        }
    }

    fn person(&self, who: Person) -> Named {
        Named { id: self.people[who].id, handle: self.people[who].handle.clone() }
    }

    async fn active(&self, by: Person, who: Person) -> Result<Named, Answer> {
        self.company.bridge.active(&self.people[by], &self.people[who].handle).await.map_err(no)
    }

    fn change(&self, who: Person, act: &Act) -> Change {
        let who = self.person(who);
        match act {
            Act::Join => Change::Join { who, link: None },
            Act::Leave => Change::Leave { who },
            Act::Kick(_) => Change::Kick { who },
            Act::Ban(_) => Change::Ban { who },
            Act::Unban(_) => Change::Unban { who },
            Act::Mute(_) => Change::Mute { who, until: Timestamp::NEVER },
            Act::Unmute(_) => Change::Mute { who, until: Timestamp(0) },
            Act::Appoint(_, role) => Change::Appoint { who, role: *role },
            Act::HandOver(_) => Change::HandOver { who },
            Act::Set(setting) => Change::Set(Box::new(setting.new_settings())),
            other => unreachable!("{other:?} changes nothing"),
        }
    }

    async fn changes(&self, (room, by): Place, change: Change) -> Outcome {
        let changed = self.company.bridge.change_room(&self.people[by], &self.rooms[room], change).await;
        match changed {
            Ok(Some(done)) => receipt(Ok(done)),
            Ok(None) => Ok(Answer::Done),
            Err(error) => Err(no(error)),
        }
    }

    async fn sets(&self, (room, by): Place, own: Own) -> Outcome {
        let change = match own {
            Own::Pinned(new) => SettingsChange { pinned: Some(new), ..SettingsChange::default() },
            Own::Archived(new) => SettingsChange { archived: Some(new), ..SettingsChange::default() },
            Own::Marked(new) => SettingsChange { marked: Some(new), ..SettingsChange::default() },
        };
        let set = self.company.bridge.set_own(&self.people[by], &self.rooms[room], &change).await;
        set.map(|()| Answer::Done).map_err(said_no)
    }

    /// By the ways that are there for who is not in the room.
    async fn comes_in(&mut self, (room, by): Place, act: &Act) -> Outcome {
        let (bridge, me, name) = (&self.company.bridge, &self.people[by], &self.rooms[room]);
        match act {
            Act::Invite(who, role) => {
                let who = self.active(by, *who).await?;
                done(bridge.invite_in(me, name, who, terms(*role, Some(Duration::from_hours(1)), None)).await)
            }
            Act::Uninvite(who) => done(bridge.uninvite(me, name, self.person(*who)).await),
            Act::Decline => done(bridge.decline(me, name).await),
            Act::AskIn => done(bridge.ask_in(me, name, String::new()).await),
            Act::TurnAway(who) => done(bridge.turn_away(me, name, self.person(*who)).await),
            Act::Approve(who) => self.approves((room, by), *who).await,
            Act::Link(role, uses) => {
                let given = bridge.link_in(me, name, terms(*role, None, *uses)).await.map_err(no)?;
                self.links.push((room, given.link.id, given.secret));
                Ok(Answer::Done)
            }
            Act::EndLink(at) => {
                let id = self.links.get(*at).map_or(LinkId(1), |(_, id, _)| *id);
                done(bridge.end_link(me, name, id).await)
            }
            Act::Follow(at) => self.follows(by, *at).await,
            other => unreachable!("{other:?} is no way into a room"),
        }
    }

    /// As `rooms.approve` does it.
    async fn approves(&self, (room, by): Place, who: Person) -> Outcome {
        let (bridge, me, name) = (&self.company.bridge, &self.people[by], &self.rooms[room]);
        bridge.inviting(me, name, Role::Member).await.map_err(no)?;
        let who = self.active(by, who).await?;
        let asked =
            self.company.store.ways().requests(self.ids[room], None, OpenWays::REQUESTS).await.unwrap();
        if !asked.iter().any(|one| one.user == who.id) {
            return Err(Answer::No("not_found"));
        }
        self.changes((room, by), Change::Add { who, role: Role::Member }).await
    }

    /// As `rooms.follow` does it.
    async fn follows(&self, by: Person, at: usize) -> Outcome {
        let nowhere = SecretString::from("nj_nowhere");
        let secret = self.links.get(at).map_or(&nowhere, |(_, _, secret)| secret);
        let (room, hash): (Handle, LinkHash) = self.company.bridge.follow(secret).await.map_err(no)?;
        let room = self.rooms.iter().position(|one| *one == room).unwrap();
        self.changes((room, by), Change::Join { who: self.person(by), link: Some(hash) }).await
    }

    /// The links that are good now, with how often they still may be used, by the numbers they were made in.
    pub(super) async fn good_links(&self) -> Vec<(usize, Option<u32>)> {
        let mut good = Vec::new();
        for (at, (room, id, secret)) in self.links.iter().enumerate() {
            let links = self.company.store.ways().links(self.ids[*room], Timestamp(1)).await.unwrap();
            let link = links.iter().find(|link| link.id == *id && link.uses_left != Some(0));
            assert_eq!(
                link.is_some(),
                self.company.bridge.follow(secret).await.is_ok(),
                "{}",
                secret.expose_secret()
            );
            good.extend(link.map(|link| (at, link.uses_left)));
        }
        good
    }

    pub(super) async fn blocks(&self, by: Person, other: Person, away: bool) {
        let (me, other) = (&self.people[by], &self.people[other].handle);
        match away {
            true => self.company.bridge.keep_away(me, other).await.unwrap(),
            // Who was not kept away is near.
            false => drop(self.company.bridge.let_near(me, other).await),
        }
    }
}

fn terms(role: Role, ttl: Option<Duration>, uses: Option<u32>) -> Terms {
    Terms { role, ttl, uses }
}

impl Setting {
    fn new_settings(self) -> NewSettings {
        let none = NewSettings::default();
        match self {
            Setting::Description(new) => NewSettings {
                description: Some(if new { "what there is to drink" } else { "" }.into()),
                ..none
            },
            Setting::Join(new) => NewSettings { join: Some(new), ..none },
            Setting::Listed(new) => NewSettings { listed: Some(new), ..none },
            Setting::History(new) => NewSettings { history: Some(new), ..none },
            Setting::Write(new) => NewSettings { write: Some(new), ..none },
            Setting::Pin(new) => NewSettings { pin: Some(new), ..none },
            Setting::Invite(new) => NewSettings { invite: Some(new), ..none },
            Setting::CallAll(new) => NewSettings { call_all: Some(new), ..none },
            Setting::Limit(new) => NewSettings { member_limit: Some(new), ..none },
        }
    }
}
