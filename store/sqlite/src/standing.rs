//! A room as somebody meets it: what they are in it, and what of its log they may read.

use crate::failure::error;
use crate::readers::Readers;
use chat::{Handle, Member, RoomId, RulesVersion, Seq, Standing, Timestamp, UserId};
use store::stored::{StoredPolicy, damaged, role, room_kind};
use store::{Error, Interval, Readable};

/// The entry of the join, the first that may be read if that is earlier, the entry of the leave.
type Stretch = (u64, Option<u64>, Option<u64>);

/// See [`store::Store::readable`]. All of it is one statement: each more is a way to another thread and back.
pub(crate) async fn readable(
    readers: &Readers,
    room: &Handle,
    user: UserId,
) -> Result<Option<Readable>, Error> {
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
                  coalesce((select max(e.seq) from message e where e.room_id = r.id), 0) as "last_seq!: i64",
                  (select json_group_array(json_array(i.from_seq, i.hears_from, i.to_seq)) from membership i
                   where i.room_id = r.id and i.user_id = ?1) as "stretches!: String"
           from room r left join membership m on m.room_id = r.id and m.user_id = ?1 and m.to_seq is null
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
    let (intervals, last_seq) = (intervals(&row.stretches)?, Seq(row.last_seq.cast_unsigned()));
    Ok(Some(Readable { standing, intervals, last_seq }))
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
