//! Settings inside of a setting: tables, lists of them, and tables that have a name each. Inside of them names are plain.

use super::{Setting, Written};
use crate::config::complaint::{ConfigError, Place};
use std::collections::BTreeMap;
use toml::Value;
use toml::de::DeValue;

/// Where the settings inside of a table stand, if it is in a file; a list has numbers for names.
pub(super) type Spots = BTreeMap<String, Spot>;

#[derive(Debug)]
pub(super) struct Spot {
    place: Place,
    inside: Spots,
}

impl Written {
    /// The tables of a list, in each of which settings have plain names; none if there is no list.
    pub(crate) fn take_each<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(&mut Written) -> Result<T, ConfigError>,
    ) -> Result<Vec<T>, ConfigError> {
        self.asked.push(key);
        let Some(Setting { value, place, mut inside }) = self.settings.remove(key) else {
            return Ok(Vec::new());
        };
        let list: Option<Vec<toml::Table>> = value.clone().try_into().ok();
        let list = list.ok_or_else(|| {
            self.wrong_value(
                place.clone(),
                key,
                value.to_string(),
                format!("write a section [[{key}]] for each"),
            )
        })?;
        let each = list.into_iter().enumerate().map(|(number, table)| {
            let spots = inside.remove(&number.to_string()).map(|spot| spot.inside).unwrap_or_default();
            Written::inside(table, spots, &place, String::new()).read_whole(&read)
        });
        each.collect()
    }

    /// A table of settings with plain names; none if there is no such table.
    pub(crate) fn take_table<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(&mut Written) -> Result<T, ConfigError>,
    ) -> Result<Option<T>, ConfigError> {
        self.asked.push(key);
        let Some(Setting { value, place, inside }) = self.settings.remove(key) else {
            return Ok(None);
        };
        let table = self.table(key, &value, &place)?;
        let within = format!("{}.", self.whole(key));
        Written::inside(table, inside, &place, within).read_whole(&read).map(Some)
    }

    /// Such tables, each by a name that whoever wrote it chose, in the order of these; none if there are none.
    pub(crate) fn take_named<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(&str, &mut Written) -> Result<T, ConfigError>,
    ) -> Result<Vec<T>, ConfigError> {
        self.asked.push(key);
        let Some(Setting { value, place, mut inside }) = self.settings.remove(key) else {
            return Ok(Vec::new());
        };
        let each = self.table(key, &value, &place)?.into_iter().map(|(name, value)| {
            let spot =
                inside.remove(&name).unwrap_or_else(|| Spot { place: place.clone(), inside: Spots::new() });
            let whole = format!("{key}.{name}");
            let table = self.table(&whole, &value, &spot.place)?;
            let within = format!("{}.", self.whole(&whole));
            Written::inside(table, spot.inside, &spot.place, within).read_whole(&|w| read(&name, w))
        });
        each.collect()
    }

    /// It may be a key that somebody wrote in the wrong place, so it is not shown if it is no table.
    fn table(&self, key: &str, value: &Value, place: &Place) -> Result<toml::Table, ConfigError> {
        value.as_table().cloned().ok_or_else(|| {
            let remedy = format!("write a section [{}]", self.whole(key));
            self.wrong_value(place.clone(), key, String::new(), remedy).without_value()
        })
    }

    /// What stands in a table, where its file says or otherwise at `place`.
    fn inside(table: toml::Table, mut spots: Spots, place: &Place, within: String) -> Written {
        let settings = table.into_iter().map(|(name, value)| {
            let spot = spots.remove(&name);
            let (place, inside) =
                spot.map_or((place.clone(), Spots::new()), |spot| (spot.place, spot.inside));
            (name, Setting { value, place, inside })
        });
        Written { settings: settings.collect(), asked: Vec::new(), within }
    }

    fn read_whole<T>(
        mut self,
        read: &impl Fn(&mut Written) -> Result<T, ConfigError>,
    ) -> Result<T, ConfigError> {
        let one = read(&mut self)?;
        self.finish().map(|_| one)
    }
}

/// Where everything inside of a table or a list stands.
pub(super) fn spots(value: &DeValue<'_>, place: &impl Fn(usize) -> Place) -> Spots {
    let spot =
        |start: usize, inside: &DeValue<'_>| Spot { place: place(start), inside: spots(inside, place) };
    let list = value.as_array().into_iter().flatten().enumerate();
    let list = list.map(|(number, one)| (number.to_string(), spot(one.span().start, one.get_ref())));
    let table = value.as_table().into_iter().flatten();
    let table = table.map(|(key, one)| (key.get_ref().to_string(), spot(key.span().start, one.get_ref())));
    list.chain(table).collect()
}
