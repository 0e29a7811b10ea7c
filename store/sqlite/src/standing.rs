//! A room as somebody meets it: what they are in it, and what of its log they may read.
//!
//! It is remembered, as whoever looks at a room does so again. Whatever changes it raises the version of the room's rules in
//! the same transaction, so what is remembered holds as long as that version is in force.

use crate::failure::error;
use crate::known::Known;
use crate::readers::Readers;
use chat::{Handle, Member, RoomId, RulesVersion, Seq, Standing, Timestamp, UserId};
use quick_cache::sync::Cache;
use std::sync::Arc;
use store::plan::Head;
use store::stored::{StoredPolicy, damaged, role, room_kind};
use store::{Error, Interval, Readable};

/// How many are remembered, about 300 bytes each: who is looked at by whom just now.
const MOST: usize = 65_536;

/// The entry of the join, the first that may be read if that is earlier, the entry of the leave.
type Stretch = (u64, Option<u64>, Option<u64>);

/// Filled by readers. Which rules are in force is said by the lane.
pub(crate) struct Standings {
    /// Which room has a handle never changes.
    numbers: Cache<Handle, RoomId>,
    met: Cache<(RoomId, UserId), Arc<Readable>>,
    heads: Arc<Known<RoomId, Head>>,
}

impl Standings {
    /// Nobody is known. The lane puts into `heads` what it commits, before anybody is told.
    pub(crate) fn beside(heads: Arc<Known<RoomId, Head>>) -> Standings {
        Standings { numbers: Cache::new(MOST), met: Cache::new(MOST), heads }
    }

    /// See [`store::Store::readable`].
    pub(crate) async fn readable(
        &self,
        readers: &Readers,
        handle: &Handle,
        user: UserId,
    ) -> Result<Option<Readable>, Error> {
        let mut whole = None;
        if let Some(room) = self.numbers.get(handle) {
            let head = self.heads.one(room, async || {
                whole = read(readers, handle, user).await?;
                Ok(whole.as_ref().map(|(_, head)| *head))
            });
            let head = head.await?;
            if let Some(found) = head.and_then(|head| self.known((room, user), head)) {
                return Ok(Some(found));
            }
        }
        if whole.is_none() {
            whole = read(readers, handle, user).await?;
        }
        let Some((found, _)) = whole else { return Ok(None) };
        self.numbers.insert(handle.clone(), found.standing.room);
        self.met.insert((found.standing.room, user), Arc::new(found.clone()));
        Ok(Some(found))
    }

    /// As it was met before, if it still is like that.
    fn known(&self, meeting: (RoomId, UserId), head: Head) -> Option<Readable> {
        let met = self.met.get(&meeting).filter(|met| met.standing.rules.0 == head.rules)?;
        Some(Readable { last_seq: Seq(head.last_seq), ..Readable::clone(&met) })
    }
}

/// All of it is one statement: each more is a way to another thread and back.
async fn read(readers: &Readers, room: &Handle, user: UserId) -> Result<Option<(Readable, Head)>, Error> {
    let name = room.as_str();
    let row = sqlx::query!(
        r#"select r.id, r.kind, r.rules_version, r.join_rule, r.history, r.write_role, r.pin_role, r.invite_role,
                  r.call_role,
                  r.member_limit, r.slow_mode, r.listed as "listed: bool",
                  m.role as "role?", m.from_seq as "from_seq?", m.hears_from as "hears_from?",
                  m.muted_until as "muted_until?",
                  exists (select 1 from direct d cross join block b on
                          (b.user_id = d.a and b.other_id = d.b) or (b.user_id = d.b and b.other_id = d.a)
                          where d.room_id = r.id) as "closed!: bool",
                  r.last_seq, r.last_n, r.last_told as "last_told!: i64", r.member_count,
                  (select json_group_array(json_array(i.from_seq, i.hears_from, i.to_seq)) from membership i
                   where i.room_id = r.id and i.user_id = ?1) as "stretches!: String"
           from room_with_end r left join membership m on m.room_id = r.id and m.user_id = ?1 and m.to_seq is null
           where r.handle = ?2"#,
        user.0,
        name
    );
    let Some(row) = row.fetch_optional(readers).await.map_err(error)? else { return Ok(None) };
    let member = match (row.role, row.from_seq) {
        (Some(number), Some(from)) => {
            let from_seq = Seq(row.hears_from.unwrap_or(from).cast_unsigned());
            Some(Member { role: role(number)?, from_seq, muted_until: row.muted_until.map(Timestamp) })
        }
        _ => None,
    };
    let policy = StoredPolicy {
        join_rule: row.join_rule,
        history: row.history,
        write_role: row.write_role,
        pin_role: row.pin_role,
        invite_role: row.invite_role,
        call_role: row.call_role,
        member_limit: row.member_limit,
        slow_mode: row.slow_mode,
        listed: row.listed,
    };
    let standing = Standing {
        room: RoomId(row.id),
        handle: room.clone(),
        kind: room_kind(row.kind)?,
        rules: RulesVersion(row.rules_version),
        policy: policy.read()?,
        member,
        closed: row.closed,
    };
    let end = [row.last_seq, row.last_n, row.last_told];
    let head = Head::stored(row.rules_version, end, row.member_count);
    let readable = Readable { standing, intervals: intervals(&row.stretches)?, last_seq: Seq(head.last_seq) };
    Ok(Some((readable, head)))
}

/// What of its log they may read. One does not come again before one went, so the beginnings tell the order.
fn intervals(stretches: &str) -> Result<Vec<Interval>, Error> {
    let mut stretches: Vec<Stretch> =
        serde_json::from_str(stretches).map_err(|_| damaged("memberships of a person"))?;
    stretches.sort_unstable();
    let interval = |(joined, hears_from, to_seq): Stretch| Interval {
        from_seq: Seq(hears_from.unwrap_or(joined)),
        joined: Seq(joined),
        to_seq: to_seq.map(Seq),
    };
    Ok(stretches.into_iter().map(interval).collect())
}
