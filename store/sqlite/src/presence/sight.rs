//! Who may see whom.

use crate::failure::error;
use crate::readers::Readers;
use crate::writer::json;
use chat::UserId;
use store::Error;

/// Most that is asked at once.
const MOST: usize = 1_000;

/// See [`store::Presences::around`].
pub(super) async fn around(
    readers: &Readers,
    user: UserId,
    largest: u32,
    most: u32,
) -> Result<Vec<UserId>, Error> {
    let rows = sqlx::query_scalar!(
        r#"select o.id as "id!: i64" from (
               select c.other_id as id from contact c where c.user_id = ?1 and c.tie = 3
               union
               select n.user_id from membership m
               cross join room r on r.id = m.room_id and r.member_count <= ?2
               cross join membership n on n.room_id = r.id
               where m.user_id = ?1 and m.ended_at is null and n.to_seq is null and n.user_id <> ?1
                 and (r.kind <> 1 or exists
                      (select 1 from sender_key k where k.room_id = r.id and k.sender_id = n.user_id))) o
           where not exists (select 1 from block b where b.user_id = ?1 and b.other_id = o.id)
             and not exists (select 1 from block b where b.user_id = o.id and b.other_id = ?1)
           order by o.id limit ?3"#,
        user.0,
        largest,
        most
    );
    Ok(rows.fetch_all(readers).await.map_err(error)?.into_iter().map(UserId).collect())
}

/// See [`store::Presences::sights`].
pub(super) async fn sights(readers: &Readers, pairs: &[(UserId, UserId)]) -> Result<Vec<bool>, Error> {
    let asked: Vec<_> = pairs.iter().take(MOST).map(|(seer, seen)| (seer.0, seen.0)).collect();
    let asked = json(&asked)?;
    let rows = sqlx::query_scalar!(
        r#"select case
               when a.id is null then 0
               when s.seer = s.seen then 1
               when exists (select 1 from block b where b.user_id = s.seer and b.other_id = s.seen)
                 or exists (select 1 from block b where b.user_id = s.seen and b.other_id = s.seer) then 0
               when coalesce(p.visibility, 2) = 1 then 1
               when coalesce(p.visibility, 2) = 3 then 0
               else exists (select 1 from contact c where c.user_id = s.seer and c.other_id = s.seen and c.tie = 3)
                 or exists (select 1 from membership m cross join membership n
                            on n.room_id = m.room_id and n.user_id = s.seen and n.to_seq is null
                            cross join room r on r.id = m.room_id
                            where m.user_id = s.seer and m.ended_at is null and m.to_seq is null
                              and (r.kind <> 1 or exists
                                   (select 1 from sender_key k where k.room_id = r.id and k.sender_id = s.seen)))
               end as "sees!: i64"
           from (select j.key as place, j.value ->> 0 as seer, j.value ->> 1 as seen from json_each(?) j) s
           left join presence p on p.user_id = s.seen
           left join account a on a.id = s.seen and a.state <> 3
           order by s.place"#,
        asked
    );
    let rows = rows.fetch_all(readers).await.map_err(error)?;
    Ok(rows.into_iter().map(|sees| sees == 1).collect())
}
