//! A room as somebody meets it: what they are in it, and what of its log they may read.

use crate::readers::Readers;
use chat::{Handle, Member, RoomId, RulesVersion, Standing, Timestamp, UserId};
use store::stored::{StoredPolicy, role, room_kind, seq};
use store::{Error, Interval, Readable};

/// See [`store::Store::readable`]. All of it is one statement: each more is a way to the database and back.
pub(crate) async fn readable(
    readers: &Readers,
    room: &Handle,
    user: UserId,
) -> Result<Option<Readable>, Error> {
    let row = sqlx::query!(
        r#"select r.id, r.kind, r.rules_version, r.join_rule, r.history, r.write_role, r.pin_role, r.invite_role,
                  r.call_role,
                  r.member_limit, r.slow_mode, r.listed, r.last_seq,
                  m.role as "role?", m.from_seq as "from_seq?", m.hears_from as "hears_from?",
                  m.muted_until as "muted_until?",
                  exists (select 1 from direct d join block b on
                          (b.user_id = d.a and b.other_id = d.b) or (b.user_id = d.b and b.other_id = d.a)
                          where d.room_id = r.id) as "closed!",
                  array(select i.from_seq from membership i where i.room_id = r.id and i.user_id = $1
                        order by i.from_seq) as "joined!: Vec<i64>",
                  array(select i.hears_from from membership i where i.room_id = r.id and i.user_id = $1
                        order by i.from_seq) as "hear!: Vec<Option<i64>>",
                  array(select i.to_seq from membership i where i.room_id = r.id and i.user_id = $1
                        order by i.from_seq) as "went!: Vec<Option<i64>>"
           from room r left join membership m on m.room_id = r.id and m.user_id = $1 and m.to_seq is null
           where r.handle = $2"#,
        user.0,
        room.as_str()
    );
    let Some(row) = readers.ask(row.fetch_optional(&readers.pool)).await? else { return Ok(None) };
    let member = match (row.role, row.from_seq) {
        (Some(number), Some(from)) => {
            let (role, muted_until) = (role(i64::from(number))?, row.muted_until.map(Timestamp));
            Some(Member { role, from_seq: seq(row.hears_from.unwrap_or(from)), muted_until })
        }
        _ => None,
    };
    let policy = StoredPolicy {
        join_rule: i64::from(row.join_rule),
        history: i64::from(row.history),
        write_role: i64::from(row.write_role),
        pin_role: i64::from(row.pin_role),
        invite_role: i64::from(row.invite_role),
        call_role: i64::from(row.call_role),
        member_limit: row.member_limit,
        slow_mode: row.slow_mode,
        listed: row.listed,
    };
    let standing = Standing {
        room: RoomId(row.id),
        handle: room.clone(),
        kind: room_kind(i64::from(row.kind))?,
        rules: RulesVersion(row.rules_version),
        policy: policy.read()?,
        member,
        closed: row.closed,
    };
    let stretches = row.joined.into_iter().zip(row.hear).zip(row.went);
    let intervals = stretches.map(|((joined, hears_from), to_seq)| Interval {
        from_seq: seq(hears_from.unwrap_or(joined)),
        joined: seq(joined),
        to_seq: to_seq.map(seq),
    });
    Ok(Some(Readable { standing, intervals: intervals.collect(), last_seq: seq(row.last_seq) }))
}
