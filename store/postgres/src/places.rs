//! Rooms beyond their logs, as they are now.

use crate::PostgresStore;
use crate::accounts::state_of;
use crate::log;
use async_trait::async_trait;
use chat::{Handle, Person, RoomId, RulesVersion, Seat, Seq, Timestamp, UserId};
use store::stored::{StoredPolicy, StoredSettings, damaged, handle, in_list, number, role, room_kind};
use store::{AccountState, Ban, Error, RoomCard, Rooms, Seated, Uncounted};

/// A room, column by column.
struct Row {
    id: i64,
    handle: String,
    kind: i16,
    rules_version: i64,
    name: Option<String>,
    description: Option<String>,
    avatar: Option<String>,
    join_rule: i16,
    history: i16,
    write_role: i16,
    pin_role: i16,
    invite_role: i16,
    call_role: i16,
    member_limit: Option<i64>,
    slow_mode: i64,
    listed: bool,
    member_count: i64,
    created_at: i64,
}

impl Row {
    fn card(self) -> Result<RoomCard, Error> {
        let policy = StoredPolicy {
            join_rule: i64::from(self.join_rule),
            history: i64::from(self.history),
            write_role: i64::from(self.write_role),
            pin_role: i64::from(self.pin_role),
            invite_role: i64::from(self.invite_role),
            call_role: i64::from(self.call_role),
            member_limit: self.member_limit,
            slow_mode: self.slow_mode,
            listed: self.listed,
        };
        let settings =
            StoredSettings { name: self.name, description: self.description, avatar: self.avatar, policy };
        Ok(RoomCard {
            id: RoomId(self.id),
            handle: handle(&self.handle)?,
            kind: room_kind(i64::from(self.kind))?,
            rules: RulesVersion(self.rules_version),
            settings: settings.read()?,
            members: u32::try_from(self.member_count).map_err(|_| damaged("count of members"))?,
            created_at: Timestamp(self.created_at),
        })
    }
}

#[async_trait]
impl Rooms for PostgresStore {
    async fn card(&self, room: &Handle) -> Result<Option<RoomCard>, Error> {
        let name = room.as_str();
        let row = sqlx::query_as!(
            Row,
            "select id, handle, kind, rules_version, name, description, avatar, join_rule, history, write_role, pin_role,
                      invite_role, call_role, member_limit, slow_mode, listed, member_count, created_at
               from room where handle = $1",
            name
        );
        let readers = &self.running.readers;
        readers.ask(row.fetch_optional(&readers.pool)).await?.map(Row::card).transpose()
    }

    async fn seated(&self, room: RoomId, after: Option<&Handle>, limit: u32) -> Result<Vec<Seated>, Error> {
        let (after, limit) = (after.map_or("", Handle::as_str), in_list(limit));
        let rows = sqlx::query!(
            "select user_id, handle, role, muted_until, from_seq
               from membership
               where room_id = $1 and to_seq is null and handle > $2 order by handle limit $3",
            room.0,
            after,
            limit
        );
        let readers = &self.running.readers;
        let rows = readers.ask(rows.fetch_all(&readers.pool)).await?.into_iter();
        rows.map(|row| {
            Ok(Seated {
                user: UserId(row.user_id),
                handle: handle(&row.handle)?,
                seat: Seat { role: role(i64::from(row.role))?, muted_until: row.muted_until.map(Timestamp) },
                joined: Seq(row.from_seq.cast_unsigned()),
            })
        })
        .collect()
    }

    async fn newest(&self, room: RoomId, upto: Seq, most: u32) -> Result<Seq, Error> {
        let (upto, most) = (number(upto.0), most.clamp(1, 1_000));
        let begin = sqlx::query_scalar!(
            r#"with recursive path (seq, steps) as (
                   select case when m.few then coalesce(m.before, m.seq - 1) else m.seq end, 1
                   from message m where m.room_id = $1 and m.seq = $2
                   union all
                   select coalesce(m.before, m.seq - 1), path.steps + 1
                   from path join message m on m.room_id = $1 and m.seq = path.seq where path.steps < $3)
               select coalesce(min(seq), $2) as "seq!" from path where seq > 0"#,
            room.0,
            upto,
            i32::try_from(most).unwrap_or(i32::MAX)
        );
        let readers = &self.running.readers;
        Ok(Seq(readers.ask(begin.fetch_one(&readers.pool)).await?.cast_unsigned()))
    }

    async fn uncounted(&self, each: u32, limit: u32) -> Result<Vec<Uncounted>, Error> {
        log::uncounted(&self.running.readers, each, limit.min(1_000)).await
    }

    async fn managers(&self, room: RoomId) -> Result<Vec<UserId>, Error> {
        let rows = sqlx::query_scalar!(
            "select user_id from membership
               where room_id = $1 and to_seq is null and role >= 3 limit 1000",
            room.0
        );
        let readers = &self.running.readers;
        Ok(readers.ask(rows.fetch_all(&readers.pool)).await?.into_iter().map(UserId).collect())
    }

    async fn heir(&self, room: RoomId, besides: UserId) -> Result<Option<Person>, Error> {
        let row = sqlx::query!(
            "select m.user_id, m.handle from membership m join account a on a.id = m.user_id
             where m.room_id = $1 and m.to_seq is null and m.user_id <> $2
             order by a.state = $3 desc, m.role desc, m.from_seq, m.user_id limit 1",
            room.0,
            besides.0,
            state_of(AccountState::Active)
        );
        let readers = &self.running.readers;
        let row = readers.ask(row.fetch_optional(&readers.pool)).await?;
        row.map(|row| Ok(Person { id: UserId(row.user_id), handle: handle(&row.handle)? })).transpose()
    }

    async fn bans(&self, room: RoomId, after: Option<&Handle>, limit: u32) -> Result<Vec<Ban>, Error> {
        let (after, limit) = (after.map_or("", Handle::as_str), in_list(limit));
        let rows = sqlx::query!(
            "select b.handle, a.handle as by_handle, b.at
               from ban b join account a on a.id = b.by_id
               where b.room_id = $1 and b.handle > $2 order by b.handle limit $3",
            room.0,
            after,
            limit
        );
        let readers = &self.running.readers;
        let rows = readers.ask(rows.fetch_all(&readers.pool)).await?.into_iter();
        rows.map(|row| {
            let (who, by) = (handle(&row.handle)?, handle(&row.by_handle)?);
            Ok(Ban { handle: who, by, at: Timestamp(row.at) })
        })
        .collect()
    }

    async fn listed(&self, after: Option<&Handle>, limit: u32) -> Result<Vec<RoomCard>, Error> {
        let (after, limit) = (after.map_or("", Handle::as_str), in_list(limit));
        let rows = sqlx::query_as!(
            Row,
            "select id, handle, kind, rules_version, name, description, avatar, join_rule, history, write_role, pin_role,
                      invite_role, call_role, member_limit, slow_mode, listed, member_count, created_at
               from room where listed and handle > $1 order by handle limit $2",
            after,
            limit
        );
        let readers = &self.running.readers;
        let rows = readers.ask(rows.fetch_all(&readers.pool)).await?;
        rows.into_iter().map(Row::card).collect()
    }
}
