//! What every answer may add for a person: a reason string and user properties.

use super::properties::Properties;
use crate::Flaw;
use crate::packet::UserProperties;
use crate::property::Property;

/// The properties of an answer that has no others.
pub(super) struct Remarks {
    pub(super) reason: Option<String>,
    pub(super) user_properties: UserProperties,
}

pub(super) fn remarks(mut properties: Properties<'_>) -> Result<Remarks, Flaw> {
    let mut remarks = Remarks { reason: None, user_properties: Vec::new() };
    while let Some(found) = properties.next()? {
        match found.property {
            Property::ReasonString => remarks.reason = Some(found.text()?),
            Property::User => remarks.user_properties.push(found.pair()?),
            _ => return Err(found.foreign()),
        }
    }
    Ok(remarks)
}
