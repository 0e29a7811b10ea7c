//! The configuration as people wrote it: settings with their places, the strongest layer on top.
//!
//! A file is overruled by the environment and the environment by flags. Nothing here knows which settings exist;
//! [`Written::take`] hears it from the one who asks, and [`Written::finish`] refuses what nobody asked for.

mod tables; // settings inside of a setting

use super::complaint::{ConfigError, Flaw, Place};
use std::collections::BTreeMap;
use std::path::Path;
use tables::{Spots, spots};
use toml::Value;
use toml::de::DeTable;

/// Settings by `section.key`; inside of a table, by plain names.
#[derive(Debug, Default)]
pub(crate) struct Written {
    settings: BTreeMap<String, Setting>,
    asked: Vec<&'static str>,
    /// In which named table they stand, as complaints say it: `push.apps.natter.`
    within: String,
}

#[derive(Debug)]
struct Setting {
    value: Value,
    place: Place,
    inside: Spots,
}

impl Setting {
    fn new(value: Value, place: Place) -> Setting {
        Setting { value, place, inside: Spots::new() }
    }
}

/// What a reader of one value answers when it can't read it: the remedy.
pub(crate) type Remedy = String;

impl Written {
    /// Lays a file's text over what there is. `path` is for complaints only.
    pub(crate) fn lay_file(&mut self, path: &Path, text: &str) -> Result<(), ConfigError> {
        let place = |offset: usize| {
            let line = 1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count();
            Place::Line(path.to_owned(), line)
        };
        let wrong = |offset, flaw| ConfigError::Wrong { place: place(offset), flaw };
        let not_toml = |error: toml::de::Error| {
            let offset = error.span().map_or(0, |span| span.start);
            wrong(offset, Flaw::NotToml(error.message().to_owned()))
        };
        let spans = DeTable::parse(text).map_err(not_toml)?;
        let values: toml::Table = toml::from_str(text).map_err(not_toml)?;
        for (section, inside) in spans.get_ref() {
            let name: &str = section.get_ref();
            let keys = inside.get_ref().as_table();
            let keys = keys.ok_or_else(|| wrong(section.span().start, Flaw::OutOfPlace(name.to_owned())))?;
            for (key, inside) in keys {
                let value = values[name][key.get_ref().as_ref()].clone();
                let inside = spots(inside.get_ref(), &place);
                let setting = Setting { value, place: place(key.span().start), inside };
                self.settings.insert(format!("{name}.{}", key.get_ref()), setting);
            }
        }
        Ok(())
    }

    /// Lays the environment's variables `NATTER_SECTION__KEY` over what there is; other names are not ours.
    pub(crate) fn lay_environment(&mut self, variables: impl Iterator<Item = (String, String)>) {
        for (name, text) in variables {
            let Some((section, key)) = name.strip_prefix("NATTER_").and_then(|name| name.split_once("__"))
            else {
                continue;
            };
            let key = format!("{}.{}", section.to_lowercase(), key.to_lowercase());
            self.settings.insert(key, Setting::new(value_of(&text), Place::Variable(name)));
        }
    }

    /// Lays a flag over what there is.
    pub(crate) fn lay_flag(&mut self, flag: &'static str, key: &str, text: &str) {
        let value = Value::String(text.to_owned());
        self.settings.insert(key.to_owned(), Setting::new(value, Place::Flag(flag)));
    }

    /// What was written, by name.
    pub(super) fn each(&self, mut visit: impl FnMut(&str, &Value)) {
        self.settings.iter().for_each(|(name, setting)| visit(name, &setting.value));
    }

    /// The names of what was asked for.
    #[cfg(test)]
    pub(super) fn asked(&self) -> &[&'static str] {
        &self.asked
    }

    /// The names of what was written.
    #[cfg(test)]
    pub(super) fn names(&self) -> Vec<String> {
        self.settings.keys().cloned().collect()
    }

    /// The value of a setting, or its default.
    pub(crate) fn take<T>(
        &mut self,
        key: &'static str,
        default: T,
        read: impl Fn(&Value) -> Result<T, Remedy>,
    ) -> Result<T, ConfigError> {
        self.asked.push(key);
        let Some(Setting { value, place, .. }) = self.settings.remove(key) else {
            return Ok(default);
        };
        read(&value).map_err(|remedy| {
            let found = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            self.wrong_value(place, key, found, remedy)
        })
    }

    fn wrong_value(&self, place: Place, key: &str, found: String, remedy: Remedy) -> ConfigError {
        ConfigError::Wrong { place, flaw: Flaw::WrongValue { key: self.whole(key), found, remedy } }
    }

    /// What complaints call a setting.
    pub(crate) fn whole(&self, key: &str) -> String {
        format!("{}{key}", self.within)
    }

    /// The same for a value that must not be read in a complaint.
    pub(crate) fn take_secret<T>(
        &mut self,
        key: &'static str,
        default: T,
        read: impl Fn(&Value) -> Result<T, Remedy>,
    ) -> Result<T, ConfigError> {
        self.take(key, default, read).map_err(ConfigError::without_value)
    }

    /// Everything was asked for; what is left has a wrong name. Returns the names that are right.
    pub(crate) fn finish(self) -> Result<Vec<&'static str>, ConfigError> {
        let Some((key, Setting { place, .. })) = self.settings.iter().next() else {
            return Ok(self.asked);
        };
        let meant = nearest(key, &self.asked).map(|meant| self.whole(meant));
        Err(ConfigError::Wrong {
            place: place.clone(),
            flaw: Flaw::UnknownKey { key: self.whole(key), meant },
        })
    }
}

/// A variable has no types: what reads as a TOML value is one, anything else is a text.
fn value_of(text: &str) -> Value {
    let table: Option<toml::Table> = toml::from_str(&format!("value = {text}")).ok();
    let only = table.filter(|table| table.len() == 1).and_then(|mut table| table.remove("value"));
    only.unwrap_or_else(|| Value::String(text.to_owned()))
}

/// The name that somebody meant who wrote `key`, if one is near enough to say so.
fn nearest(key: &str, names: &[&'static str]) -> Option<&'static str> {
    let word = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
    let distance = |name: &str| {
        // The right word in the wrong section is a near miss, however long the section's name.
        if word(name) == word(key) { 1 } else { strsim::damerau_levenshtein(name, key) }
    };
    let (near, name) = names.iter().map(|name| (distance(name), *name)).min()?;
    (near <= 4.min(key.len() / 2)).then_some(name)
}
