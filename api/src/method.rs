//! One row of the table: everything that is to be known of one request.

use crate::ask::Ask;
use crate::media::File;
use crate::problem::{Code, Problem};
use bridge::identity::Scope;
use futures_util::future::BoxFuture;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::any::TypeId;
use std::fmt;
use utoipa::ToSchema;

/// How HTTP asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// To look.
    Get,
    /// To do something.
    Post,
    /// To replace.
    Put,
    /// To end.
    Delete,
}

/// Who may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Anybody,
    /// Whoever has a credential with this scope.
    Scope(Scope),
    /// Whoever has a credential with this scope, or a link that lets them.
    Link(Scope),
    /// An administrator, by a credential with the scope `admin`.
    Admin,
}

/// What it counts as, against too many requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rate {
    /// Looks.
    Read,
    /// Changes something.
    Write,
    /// A stranger's: counted by address.
    Stranger,
}

/// What travels beside the object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carries {
    /// Nothing.
    Nothing,
    /// A file comes, as the body of the request; the object is in path and query.
    FileIn,
    /// A file goes out, as the body of the answer.
    FileOut,
}

/// Nothing to say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

/// Nothing to answer: it is done.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Done;

/// A type, as OpenAPI describes it.
#[derive(Debug)]
pub(crate) struct Shape {
    pub(crate) name: String,
    pub(crate) schema: Value,
    /// What it refers to.
    pub(crate) parts: Vec<(String, Value)>,
}

type Call = Box<dyn Fn(Ask, Value) -> BoxFuture<'static, Result<Vec<u8>, Problem>> + Send + Sync>;
type Give = Box<dyn Fn(Ask, Value) -> BoxFuture<'static, Result<File, Problem>> + Send + Sync>;

/// One request that can be made.
pub struct Method {
    /// Its name: `rpc/{name}` asks it over MQTT.
    pub name: &'static str,
    /// How HTTP asks it.
    pub verb: Verb,
    /// Where; `{words}` in it are keys of the input.
    pub path: &'static str,
    /// Who may.
    pub access: Access,
    /// What it counts as.
    pub rate: Rate,
    /// What it does, in a line.
    pub summary: &'static str,
    /// Whether it makes something, so that an Idempotency-Key is good for it.
    pub creates: bool,
    /// Problems of its own, beside those that any request may have.
    pub problems: &'static [Code],
    pub(crate) input: Shape,
    /// Absent where there is nothing to answer.
    pub(crate) output: Option<Shape>,
    call: Call,
    /// What finds the file that goes out.
    give: Option<Give>,
    takes: bool,
}

impl fmt::Debug for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Method({} = {:?} {})", self.name, self.verb, self.path)
    }
}

impl Shape {
    fn of<T: ToSchema>() -> Shape {
        let mut parts = Vec::new();
        T::schemas(&mut parts);
        let value = |schema| serde_json::to_value(schema).expect("a schema has a JSON form");
        Shape {
            name: T::name().into_owned(),
            schema: value(T::schema()),
            parts: parts.into_iter().map(|(name, schema)| (name, value(schema))).collect(),
        }
    }

    /// Whether a schema is one of a text, which may be lacking.
    fn is_text(&self, schema: &Value) -> bool {
        if let Some(name) = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()) {
            return self.parts.iter().any(|(part, schema)| part == name && self.is_text(schema));
        }
        let mut several = ["oneOf", "anyOf"].iter().filter_map(|key| schema[key].as_array()).flatten();
        several.any(|one| self.is_text(one))
            || schema["type"] == "string"
            || schema["type"].as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind == "string"))
    }
}

impl Method {
    /// A method and what does it.
    pub(crate) fn new<I, O, F>(
        name: &'static str,
        (verb, path): (Verb, &'static str),
        (access, rate): (Access, Rate),
        summary: &'static str,
        handler: impl Fn(Ask, I) -> F + Send + Sync + Copy + 'static,
    ) -> Method
    where
        I: DeserializeOwned + ToSchema + Send + 'static,
        O: Serialize + ToSchema + 'static,
        F: Future<Output = Result<O, Problem>> + Send + 'static,
    {
        let call: Call = Box::new(move |ask, input| -> BoxFuture<'static, Result<Vec<u8>, Problem>> {
            Box::pin(async move {
                let read = serde_json::from_value(input);
                let input = read.map_err(|error| Problem::bad_request(error.to_string()))?;
                let output = handler(ask, input).await?;
                serde_json::to_vec(&output).map_err(|error| Problem::internal(&error))
            })
        });
        let output = (TypeId::of::<O>() != TypeId::of::<Done>()).then(Shape::of::<O>);
        let (creates, problems) = (false, &[][..]);
        let input = Shape::of::<I>();
        let (give, takes) = (None, false);
        Method {
            name,
            verb,
            path,
            access,
            rate,
            summary,
            creates,
            problems,
            input,
            output,
            call,
            give,
            takes,
        }
    }

    /// A method that gives a file.
    pub(crate) fn file<I, F>(
        name: &'static str,
        path: &'static str,
        (access, rate): (Access, Rate),
        summary: &'static str,
        handler: impl Fn(Ask, I) -> F + Send + Sync + Copy + 'static,
    ) -> Method
    where
        I: DeserializeOwned + ToSchema + Send + 'static,
        F: Future<Output = Result<File, Problem>> + Send + 'static,
    {
        let give: Give = Box::new(move |ask, input| -> BoxFuture<'static, Result<File, Problem>> {
            Box::pin(async move {
                let read = serde_json::from_value(input);
                handler(ask, read.map_err(|error| Problem::bad_request(error.to_string()))?).await
            })
        });
        // Where there is only an object for an answer, there is no file.
        let no_file = |_: Ask, _: Nothing| async { Err::<Done, _>(Problem::by_http_only()) };
        let method = Method::new(name, (Verb::Get, path), (access, rate), summary, no_file);
        Method { input: Shape::of::<I>(), give: Some(give), ..method }
    }

    /// A file comes with it.
    pub(crate) fn takes_a_file(self) -> Method {
        Method { takes: true, ..self }
    }

    /// What travels beside the object.
    #[must_use]
    pub fn carries(&self) -> Carries {
        match (&self.give, self.takes) {
            (Some(_), _) => Carries::FileOut,
            (None, true) => Carries::FileIn,
            (None, false) => Carries::Nothing,
        }
    }

    /// It makes something.
    pub(crate) fn creates(self) -> Method {
        Method { creates: true, ..self }
    }

    /// It has these problems of its own.
    pub(crate) fn may(self, problems: &'static [Code]) -> Method {
        Method { problems, ..self }
    }

    /// The status of an answer.
    #[must_use]
    pub fn status(&self) -> u16 {
        match (&self.output, self.creates) {
            _ if self.give.is_some() => 200,
            (None, _) => 204,
            (Some(_), true) => 201,
            (Some(_), false) => 200,
        }
    }

    /// The keys of the input that must be given.
    pub fn required(&self) -> impl Iterator<Item = &str> {
        self.input.schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str)
    }

    /// Whether what `key` says is a text: digits that somebody typed for it are one.
    pub fn takes_text(&self, key: &str) -> bool {
        self.input.is_text(&self.input.schema["properties"][key])
    }

    /// The words of the path that are keys of the input.
    pub(crate) fn path_keys(&self) -> impl Iterator<Item = &'static str> {
        self.path.split('/').filter_map(|level| level.strip_prefix('{')?.strip_suffix('}'))
    }

    /// Finds the file, for one who may.
    pub(crate) async fn give(&self, ask: Ask, input: Value) -> Result<File, Problem> {
        match &self.give {
            Some(give) => give(ask, input).await,
            None => Err(Problem::not_found("file")),
        }
    }

    /// Does it, for one who may.
    pub(crate) async fn call(&self, ask: Ask, input: Value) -> Result<Vec<u8>, Problem> {
        (self.call)(ask, input).await
    }
}
