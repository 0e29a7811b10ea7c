//! `natter push key`: a key by which services of browsers know an app. It is kept nowhere but in the settings of whoever
//! takes it from here.

use crate::page;
use push_worker::VapidKey;
use secrecy::ExposeSecret;
use serde_json::json;

/// Prints a new one.
pub(crate) fn print(in_json: bool) -> anyhow::Result<()> {
    let VapidKey { private, public } = VapidKey::generate();
    let private = private.expose_secret();
    page::write(&match in_json {
        true => json!({"private": private, "public": public}).to_string(),
        false => format!("private  {private}\npublic   {public}"),
    })?;
    Ok(())
}
