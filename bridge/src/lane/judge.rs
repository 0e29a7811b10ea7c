//! What the rules say when they have changed since a command was judged.

use super::{EntryCommand, Judge, Reply};
use crate::core::Core;
use crate::say;
use chat::{Ask, Handle, Refusal, RulesVersion, Say, Standing, UserId};
use std::collections::HashMap;
use std::time::{Duration, Instant};
use store::{NewAct, NewEntry};

/// What a second look led to.
pub(super) enum Verdict {
    /// Allowed under the newer rules.
    Try(EntryCommand),
    /// The store could not say; not now.
    Later(EntryCommand),
    /// It is refused.
    Refused(EntryCommand, Refusal),
    /// Its sender was told that it can't be done now.
    Settled,
}

/// A command without its entry, while the store has that.
pub(super) struct Shell {
    pub(super) from: Handle,
    pub(super) room: Handle,
    pub(super) reply: Reply,
    judge: Judge,
    deadline: Instant,
}

impl Shell {
    pub(super) fn join(self, entry: NewEntry) -> EntryCommand {
        let Shell { from, room, reply, judge, deadline } = self;
        EntryCommand { entry, from, room, judge, reply, deadline }
    }
}

impl EntryCommand {
    pub(super) fn split(self) -> (NewEntry, Shell) {
        let EntryCommand { entry, from, room, judge, reply, deadline } = self;
        (entry, Shell { from, room, reply, judge, deadline })
    }
}

/// Where a sender's commands of one batch were judged under different rules, the older ones are judged again
/// first. Otherwise the newer would be committed and the older come back stale, which turns their order around.
pub(super) async fn renew(core: &Core, commands: &mut Vec<EntryCommand>) {
    let mut newest: HashMap<(chat::RoomId, UserId), (RulesVersion, bool)> = HashMap::new();
    for command in commands.iter() {
        let entry = &command.entry;
        let known = newest.entry((entry.room, entry.sender)).or_insert((entry.rules, false));
        known.1 |= known.0 != entry.rules;
        known.0 = known.0.max(entry.rules);
    }
    newest.retain(|_, (_, mixed)| *mixed);
    if newest.is_empty() {
        return;
    }
    let mut renewed = Vec::with_capacity(commands.len());
    for command in std::mem::take(commands) {
        let key = (command.entry.room, command.entry.sender);
        let is_old = newest.get(&key).is_some_and(|(rules, _)| *rules != command.entry.rules);
        let is_refused = matches!(command.judge, Judge::Refused(_));
        match is_old && !is_refused {
            false => renewed.push(command),
            true => match again(core, command).await {
                // If the store can't say, the commit will: the command comes back stale.
                Verdict::Try(command) | Verdict::Later(command) => renewed.push(command),
                // It may have been sent before; that, too, the commit will say.
                Verdict::Refused(command, refusal) => renewed.extend(command.refused(refusal)),
                Verdict::Settled => {}
            },
        }
    }
    *commands = renewed;
}

/// Judges a command under the rules of now.
pub(super) async fn again(core: &Core, mut command: EntryCommand) -> Verdict {
    if let Judge::Refused(refusal) = &command.judge {
        let refusal = refusal.clone();
        return Verdict::Refused(command, refusal);
    }
    core.standings.forget(&command.room, command.entry.sender);
    let standing = match core.standings.of(&*core.store, &command.room, command.entry.sender).await {
        Ok(Some(standing)) => standing,
        Ok(None) => return Verdict::Refused(command, Refusal::NotAMember),
        Err(error) if error.is_passing() => return Verdict::Later(command),
        Err(error) => {
            tracing::error!(%error, "cannot read the rules of a room: {error}");
            command.reply.not_now();
            return Verdict::Settled;
        }
    };
    match allowed(core, &command, &standing) {
        Ok((act, pause)) => {
            (command.entry.rules, command.entry.act) = (standing.rules, act);
            command.entry.pause = pause;
            Verdict::Try(command)
        }
        Err(refusal) => Verdict::Refused(command, refusal),
    }
}

/// What the command does under these rules, by what right, and how long after the sender's last one.
fn allowed(
    core: &Core,
    command: &EntryCommand,
    standing: &Standing,
) -> Result<(NewAct, Option<Duration>), Refusal> {
    let entry = &command.entry;
    let ask = match (&command.judge, &entry.act) {
        (Judge::Administrator, act) => return Ok((act.clone(), None)),
        (Judge::Refused(refusal), _) => return Err(refusal.clone()),
        // Judged where it is committed, and nowhere else.
        (Judge::Member, NewAct::Change(change)) => return Ok((NewAct::Change(change.clone()), None)),
        (Judge::Member, NewAct::Say(content)) => Ask::Say(content.clone()),
        (Judge::Member, NewAct::Do { deed, .. }) => Ask::Do(deed.clone()),
        // What users are told goes its own way, past the lane; what is counted is judged by no rules.
        (Judge::Member, NewAct::Tell(_) | NewAct::Count { .. }) => return Err(Refusal::NoSuchTopic),
        // Only an administrator does that.
        (Judge::Member, NewAct::Join { .. } | NewAct::Leave { .. } | NewAct::Succeed(_)) => {
            return Err(Refusal::NotAMember);
        }
    };
    let say = Say {
        sender: entry.sender,
        origin: entry.origin,
        draft: entry.draft,
        ask,
        expires_at: entry.expires_at,
    };
    let said = standing.say(say, core.config.body_limit, entry.at)?;
    Ok((say::act(core, said.say.ask, standing)?, said.pause))
}
