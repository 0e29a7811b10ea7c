//! Who may see whom.

use crate::readers::Readers;
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
        r#"select o.id as "id!" from (
               select c.other_id as id from contact c where c.user_id = $1 and c.tie = 3
               union
               select n.user_id from membership m
               join room r on r.id = m.room_id and r.member_count <= $2
               join membership n on n.room_id = r.id
               where m.user_id = $1 and m.ended_at is null and n.to_seq is null and n.user_id <> $1
                 and (r.kind <> 1 or exists
                      (select 1 from sender_key k where k.room_id = r.id and k.sender_id = n.user_id))) o
           where not exists (select 1 from block b where b.user_id = $1 and b.other_id = o.id)
             and not exists (select 1 from block b where b.user_id = o.id and b.other_id = $1)
           order by o.id limit $3"#,
        user.0,
        i64::from(largest),
        i64::from(most)
    );
    Ok(readers.ask(rows.fetch_all(&readers.pool)).await?.into_iter().map(UserId).collect())
}

/// See [`store::Presences::sights`].
pub(super) async fn sights(readers: &Readers, pairs: &[(UserId, UserId)]) -> Result<Vec<bool>, Error> {
    let (seers, seen): (Vec<i64>, Vec<i64>) =
        pairs.iter().take(MOST).map(|(seer, seen)| (seer.0, seen.0)).unzip();
    let rows = sqlx::query_scalar!(
        r#"select case
               when a.id is null then false
               when s.seer = s.seen then true
               when exists (select 1 from block b where b.user_id = s.seer and b.other_id = s.seen)
                 or exists (select 1 from block b where b.user_id = s.seen and b.other_id = s.seer) then false
               when coalesce(p.visibility, 2) = 1 then true
               when coalesce(p.visibility, 2) = 3 then false
               else exists (select 1 from contact c where c.user_id = s.seer and c.other_id = s.seen and c.tie = 3)
                 or exists (select 1 from membership m
                            join membership n on n.room_id = m.room_id and n.user_id = s.seen and n.to_seq is null
                            join room r on r.id = m.room_id
                            where m.user_id = s.seer and m.ended_at is null and m.to_seq is null
                              and (r.kind <> 1 or exists
                                   (select 1 from sender_key k where k.room_id = r.id and k.sender_id = s.seen)))
               end as "sees!"
           from unnest($1::bigint[], $2::bigint[]) with ordinality s (seer, seen, place)
           left join presence p on p.user_id = s.seen
           left join account a on a.id = s.seen and a.state <> 3
           order by s.place"#,
        &seers,
        &seen
    );
    readers.ask(rows.fetch_all(&readers.pool)).await
}
