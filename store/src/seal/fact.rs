//! Facts that other tables hold anyway, in clear: who came and went, and which message something was done to.

use super::packed::{handle, handles, pack, pack_as, stored_sign, unpack, unpack_as};
use super::settings;
use crate::Error;
use chat::{Act, Deed, Handle, Kind, LinkId, Role, Seq, Timestamp};

/// Packs what is in clear: who began the room, came or went, which message was taken back. `None` for what holds a
/// person's words.
///
/// # Errors
/// [`Error::Broken`] when it can't be packed, which no fact brings about.
pub fn pack_fact(act: &Act) -> Result<Option<Vec<u8>>, Error> {
    let who: Vec<&str> = match act {
        Act::Said(_) | Act::Told(_) => return Ok(None),
        Act::Did(Deed::Recall { of } | Deed::Pin { of } | Deed::Unpin { of }) => {
            return pack(&of.0).map(Some);
        }
        Act::Did(Deed::Edit { .. } | Deed::React { .. } | Deed::Unreact { .. }) => return Ok(None),
        // All that is left of it is its kind.
        Act::Recalled => return Ok(Some(Vec::new())),
        Act::Created { members } => members.iter().map(Handle::as_str).collect(),
        Act::Appointed { who, role } => return pack(&(who.as_str(), *role as u8)).map(Some),
        Act::Muted { who, until } => return pack(&(who.as_str(), until.map(|until| until.0))).map(Some),
        Act::Invited { who, role, until } => {
            return pack(&(who.as_str(), *role as u8, until.0)).map(Some);
        }
        Act::LinkMade { link, role, uses, until } => {
            return pack(&(link.0, *role as u8, uses, until.map(|until| until.0))).map(Some);
        }
        Act::LinkEnded { link } => return pack(&link.0).map(Some),
        Act::Reactions { of, signs } => {
            let signs: Vec<_> = signs.iter().map(|(sign, people)| (sign.as_str(), *people)).collect();
            return pack(&(of.0, signs)).map(Some);
        }
        Act::Set(new) => {
            let packed = match settings::More::of(new) {
                Some(more) => pack_as(settings::MORE, &more),
                None => pack(&settings::Packed::of(new)),
            };
            return packed.map(Some);
        }
        Act::Joined { who } | Act::Left { who } | Act::Banned { who } => vec![who.as_str()],
        Act::Unbanned { who } | Act::Unmuted { who } | Act::HandedOver { who } => vec![who.as_str()],
        Act::Uninvited { who } | Act::Requested { who } | Act::Declined { who } => vec![who.as_str()],
    };
    pack(&who).map(Some)
}

/// Unpacks what is in clear; `None` if entries of this kind hold a person's words, and so are sealed.
///
/// # Errors
/// [`Error::Damaged`] when it is not what [`pack_fact`] wrote.
pub fn unpack_fact(kind: Kind, packed: &[u8]) -> Result<Option<Act>, Error> {
    match kind {
        private if private.is_private() => return Ok(None),
        Kind::Recalled => return Ok(Some(Act::Recalled)),
        Kind::Recall => return Ok(Some(Act::Did(Deed::Recall { of: Seq(unpack(packed)?) }))),
        Kind::Pin => return Ok(Some(Act::Did(Deed::Pin { of: Seq(unpack(packed)?) }))),
        Kind::Unpin => return Ok(Some(Act::Did(Deed::Unpin { of: Seq(unpack(packed)?) }))),
        Kind::Role => return appointed(packed).map(Some),
        Kind::Muted => return muted(packed).map(Some),
        Kind::Reactions => return reactions(packed).map(Some),
        Kind::Invited => return invited(packed).map(Some),
        Kind::LinkMade => return link_made(packed).map(Some),
        Kind::LinkEnded => return Ok(Some(Act::LinkEnded { link: LinkId(unpack(packed)?) })),
        Kind::Settings => {
            let new = match packed.first() {
                Some(&settings::MORE) => unpack_as::<settings::More<'_>>(settings::MORE, packed)?.read(),
                _ => unpack::<settings::Packed<'_>>(packed)?.read(),
            };
            return new.map(|new| Some(Act::Set(new.into())));
        }
        _ => {}
    }
    let who: Vec<&str> = unpack(packed)?;
    let members = handles(who)?;
    let one = || members.first().cloned().ok_or_else(|| Error::Damaged("a coming or going of nobody".into()));
    Ok(match kind {
        Kind::Joined => Some(Act::Joined { who: one()? }),
        Kind::Left => Some(Act::Left { who: one()? }),
        Kind::Banned => Some(Act::Banned { who: one()? }),
        Kind::Unbanned => Some(Act::Unbanned { who: one()? }),
        Kind::Unmuted => Some(Act::Unmuted { who: one()? }),
        Kind::HandedOver => Some(Act::HandedOver { who: one()? }),
        Kind::Uninvited => Some(Act::Uninvited { who: one()? }),
        Kind::Requested => Some(Act::Requested { who: one()? }),
        Kind::Declined => Some(Act::Declined { who: one()? }),
        _ => Some(Act::Created { members }),
    })
}

fn appointed(packed: &[u8]) -> Result<Act, Error> {
    let (who, number): (&str, u8) = unpack(packed)?;
    Ok(Act::Appointed { who: handle(who)?, role: role(number)? })
}

fn invited(packed: &[u8]) -> Result<Act, Error> {
    let (who, number, until): (&str, u8, i64) = unpack(packed)?;
    Ok(Act::Invited { who: handle(who)?, role: role(number)?, until: Timestamp(until) })
}

fn link_made(packed: &[u8]) -> Result<Act, Error> {
    let (link, number, uses, until): (i64, u8, Option<u32>, Option<i64>) = unpack(packed)?;
    Ok(Act::LinkMade { link: LinkId(link), role: role(number)?, uses, until: until.map(Timestamp) })
}

fn reactions(packed: &[u8]) -> Result<Act, Error> {
    let (of, signs): (u64, Vec<(&str, u64)>) = unpack(packed)?;
    let sign = |(sign, people): (&str, u64)| Ok((stored_sign(sign)?, people));
    Ok(Act::Reactions { of: Seq(of), signs: signs.into_iter().map(sign).collect::<Result<_, Error>>()? })
}

fn role(number: u8) -> Result<Role, Error> {
    Role::from_number(number).ok_or_else(|| Error::Damaged("a role is none".into()))
}

fn muted(packed: &[u8]) -> Result<Act, Error> {
    let (who, until): (&str, Option<i64>) = unpack(packed)?;
    Ok(Act::Muted { who: handle(who)?, until: until.map(Timestamp) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_found_again() {
        let (ann, bo) = (Handle::new("ann").unwrap(), Handle::new("bo").unwrap());
        let facts = [
            Act::Created { members: vec![ann.clone(), bo.clone()] },
            Act::Joined { who: ann },
            Act::Left { who: bo },
            Act::Invited { who: Handle::new("cy").unwrap(), role: Role::Guest, until: Timestamp(7) },
            Act::Uninvited { who: Handle::new("cy").unwrap() },
            Act::Requested { who: Handle::new("cy").unwrap() },
            Act::Declined { who: Handle::new("cy").unwrap() },
            Act::LinkMade { link: LinkId(9), role: Role::Member, uses: Some(3), until: Some(Timestamp(7)) },
            Act::LinkMade { link: LinkId(9), role: Role::Member, uses: None, until: None },
            Act::LinkEnded { link: LinkId(9) },
            Act::Set(Box::new(chat::NewSettings {
                call_all: Some(Role::Guest),
                ..chat::NewSettings::default()
            })),
            Act::Did(Deed::Recall { of: Seq(41) }),
            Act::Did(Deed::Pin { of: Seq(41) }),
            Act::Did(Deed::Unpin { of: Seq(41) }),
            Act::Reactions { of: Seq(41), signs: vec![(chat::Sign::new("kettle").unwrap(), 1_200)] },
            Act::Recalled,
        ];
        for fact in facts {
            let packed = pack_fact(&fact).unwrap().unwrap();
            assert_eq!(unpack_fact(fact.kind(), &packed).unwrap(), Some(fact));
        }
    }
}
