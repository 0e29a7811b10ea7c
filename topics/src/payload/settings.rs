//! What was set for a room, as an object of JSON.

use chat::{NewSettings, Role};
use serde_json::{Map, Value};

/// The object; what was not set is left out.
pub(super) fn json(new: &NewSettings) -> String {
    let mut object = Map::new();
    let mut put = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            object.insert(key.to_owned(), value);
        }
    };
    let text = |text: &Option<Box<str>>| text.as_deref().map(Value::from);
    let role = |role: Option<Role>| role.map(|role| role.word().into());
    put("name", text(&new.name));
    put("description", text(&new.description));
    put("avatar", text(&new.avatar));
    put("join", new.join.map(|join| join.word().into()));
    put("history", new.history.map(|history| history.word().into()));
    put("write", role(new.write));
    put("pin", role(new.pin));
    put("invite", role(new.invite));
    put("call_all", role(new.call_all));
    put("member_limit", new.member_limit.map(Value::from));
    put("slow_mode", new.slow_mode.map(Value::from));
    put("listed", new.listed.map(Value::from));
    Value::Object(object).to_string()
}
