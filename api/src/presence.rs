//! How people are, and how one shows that one is there.

use crate::ask::Ask;
use crate::method::{Access, Done, Method, Nothing, Rate, Verb};
use crate::problem::{Code, Problem};
use crate::words::{At, Name};
use bridge::PresenceWish;
use bridge::identity::Scope;
use chat::{Handle, Presence, PresenceText, Shown, Visibility};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const LOOK: (Access, Rate) = (Access::Scope(Scope::RoomsRead), Rate::Read);
const CHANGE: (Access, Rate) = (Access::Scope(Scope::RoomsWrite), Rate::Write);

/// People that one request may name.
const MOST: usize = 100;

/// How somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum State {
    /// Not there, or not to be seen.
    Offline,
    /// There, and not looking.
    Away,
    /// There.
    Online,
    /// There, and not to be disturbed.
    Busy,
}

/// Who may see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum VisibleTo {
    /// Every user.
    Everyone,
    /// Contacts, and whoever is in a room with them.
    ContactsAndRooms,
    /// Nobody but themselves.
    Nobody,
}

/// Somebody.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OfUser {
    user: Name,
}

/// Several people.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OfUsers {
    /// Up to 100 of them.
    #[schema(max_items = 100)]
    users: Vec<Name>,
}

/// What shall be set; what is absent stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPresence {
    /// Of all one's devices that are here.
    state: Option<State>,
    /// Up to 120 characters, none of them a control character; an empty text takes away what was there.
    #[schema(max_length = 120)]
    text: Option<String>,
    /// Who may see it.
    visible_to: Option<VisibleTo>,
}

/// How somebody is.
#[derive(Debug, Serialize, ToSchema)]
struct PresenceSeen {
    user: Name,
    state: State,
    /// What they say of it.
    text: Option<String>,
    /// When they were here last, of who is offline.
    last_seen: Option<At>,
}

/// How people are whom one may see.
#[derive(Debug, Serialize, ToSchema)]
struct PresencesSeen {
    users: Vec<PresenceSeen>,
}

/// How one is oneself.
#[derive(Debug, Serialize, ToSchema)]
struct MyPresence {
    state: State,
    /// What one says of it.
    text: Option<String>,
    /// When one was here last, if one is not.
    last_seen: Option<At>,
    /// Who may see it.
    visible_to: VisibleTo,
}

impl State {
    fn of(presence: Presence) -> State {
        match presence {
            Presence::Offline => State::Offline,
            Presence::Away => State::Away,
            Presence::Online => State::Online,
            Presence::Busy => State::Busy,
        }
    }

    fn presence(self) -> Presence {
        match self {
            State::Offline => Presence::Offline,
            State::Away => Presence::Away,
            State::Online => Presence::Online,
            State::Busy => Presence::Busy,
        }
    }
}

impl VisibleTo {
    fn of(visibility: Visibility) -> VisibleTo {
        match visibility {
            Visibility::Everyone => VisibleTo::Everyone,
            Visibility::Known => VisibleTo::ContactsAndRooms,
            Visibility::Nobody => VisibleTo::Nobody,
        }
    }

    fn visibility(self) -> Visibility {
        match self {
            VisibleTo::Everyone => Visibility::Everyone,
            VisibleTo::ContactsAndRooms => Visibility::Known,
            VisibleTo::Nobody => Visibility::Nobody,
        }
    }
}

impl PresenceSeen {
    fn of(user: Handle, shown: Shown) -> PresenceSeen {
        PresenceSeen {
            user: Name(user),
            state: State::of(shown.state),
            text: words(shown.text),
            last_seen: shown.last_seen.map(At),
        }
    }
}

fn words(text: Option<PresenceText>) -> Option<String> {
    text.map(|text| text.as_str().to_owned())
}

pub(crate) fn methods() -> Vec<Method> {
    vec![
        Method::new(
            "presence.get",
            (Verb::Get, "/v1/users/{user}/presence"),
            LOOK,
            "Whether somebody is there",
            get,
        )
        .may(&[Code::NotFound]),
        Method::new(
            "presence.list",
            (Verb::Post, "/v1/presence"),
            LOOK,
            "Whether several people are there",
            list,
        )
        .may(&[Code::Invalid]),
        Method::new("presence.own", (Verb::Get, "/v1/me/presence"), LOOK, "How I show that I am there", own),
        Method::new(
            "presence.set",
            (Verb::Put, "/v1/me/presence"),
            CHANGE,
            "Say how I am there, and who may see it",
            set,
        )
        .may(&[Code::Invalid]),
    ]
}

async fn get(ask: Ask, input: OfUser) -> Result<PresenceSeen, Problem> {
    let user = input.user.0;
    let shown = ask.bridge().presence_of(ask.caller()?.account.id, &user).await?;
    Ok(PresenceSeen::of(user, shown))
}

async fn list(ask: Ask, input: OfUsers) -> Result<PresencesSeen, Problem> {
    if input.users.len() > MOST {
        return Err(Problem::new(Code::Invalid, format!("one request names up to {MOST} people")));
    }
    let mut users: Vec<Handle> = input.users.into_iter().map(|user| user.0).collect();
    users.sort_unstable();
    users.dedup();
    let found = ask.bridge().presences_of(ask.caller()?.account.id, &users).await?;
    Ok(PresencesSeen {
        users: found.into_iter().map(|(user, shown)| PresenceSeen::of(user, shown)).collect(),
    })
}

async fn own(ask: Ask, _: Nothing) -> Result<MyPresence, Problem> {
    let own = ask.bridge().own_presence(&ask.caller()?.account).await?;
    Ok(MyPresence {
        state: State::of(own.shown.state),
        text: words(own.shown.text),
        last_seen: own.shown.last_seen.map(At),
        visible_to: VisibleTo::of(own.visibility),
    })
}

async fn set(ask: Ask, input: NewPresence) -> Result<Done, Problem> {
    let text = match input.text.as_deref().map(str::trim) {
        None => None,
        Some("") => Some(None),
        Some(text) => {
            let text = PresenceText::new(text);
            Some(Some(text.map_err(|error| Problem::new(Code::Invalid, error.to_string()))?))
        }
    };
    let wish = PresenceWish {
        state: input.state.map(State::presence),
        text,
        visibility: input.visible_to.map(VisibleTo::visibility),
    };
    if wish == PresenceWish::default() {
        return Err(Problem::bad_request("nothing is to be set"));
    }
    ask.bridge().set_presence(&ask.caller()?.account, wish).await?;
    Ok(Done)
}
