//! Where a list goes on: a text that only the server reads. One of another list is refused, not guessed at.

use crate::problem::Problem;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chat::Handle;

/// How many one page may have, and has if nobody says otherwise.
pub(crate) const PAGE_MOST: u32 = 200;
/// See [`PAGE_MOST`].
pub(crate) const PAGE: u32 = 50;

/// How many were asked for.
pub(crate) fn limit(asked: Option<u32>) -> Result<u32, Problem> {
    match asked.unwrap_or(PAGE) {
        limit @ 1..=PAGE_MOST => Ok(limit),
        _ => Err(Problem::bad_request(format!("`limit` is from 1 to {PAGE_MOST}"))),
    }
}

/// The cursor of this list after this place.
pub(crate) fn after(list: &str, place: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{list}:{place}"))
}

/// The place of a cursor of this list.
fn place(list: &str, cursor: &str) -> Result<String, Problem> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok();
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    let place = text.as_deref().and_then(|text| text.strip_prefix(list)?.strip_prefix(':'));
    place.map(str::to_owned).ok_or_else(|| Problem::bad_request("`after` is no cursor of this list"))
}

/// The handle of a cursor.
pub(crate) fn handle(list: &str, cursor: Option<&str>) -> Result<Option<Handle>, Problem> {
    let Some(cursor) = cursor else { return Ok(None) };
    let handle = Handle::new(&place(list, cursor)?);
    handle.map(Some).map_err(|_| Problem::bad_request("`after` is no cursor of this list"))
}

/// The number of a cursor.
pub(crate) fn number(list: &str, cursor: Option<&str>) -> Result<Option<i64>, Problem> {
    let Some(cursor) = cursor else { return Ok(None) };
    let number = place(list, cursor)?.parse();
    number.map(Some).map_err(|_| Problem::bad_request("`after` is no cursor of this list"))
}

/// The number of a cursor, and the text behind it.
pub(crate) fn number_and_text(list: &str, cursor: Option<&str>) -> Result<Option<(i64, String)>, Problem> {
    let Some(cursor) = cursor else { return Ok(None) };
    let place = place(list, cursor)?;
    let parts =
        place.split_once(' ').and_then(|(number, text)| Some((number.parse().ok()?, text.to_owned())));
    parts.map(Some).ok_or_else(|| Problem::bad_request("`after` is no cursor of this list"))
}

/// The numbers of a cursor, or of a token, which came as this key.
pub(crate) fn numbers<const N: usize>(list: &str, key: &str, cursor: &str) -> Result<[i64; N], Problem> {
    let wrong = || Problem::bad_request(format!("`{key}` is none that this list gave"));
    let place = place(list, cursor).map_err(|_| wrong())?;
    let numbers: Option<Vec<i64>> = place.split('.').map(|number| number.parse().ok()).collect();
    numbers.and_then(|numbers| numbers.try_into().ok()).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_good_for_its_list_only() {
        let cursor = after("users", "ann");
        assert_eq!(handle("users", Some(&cursor)).unwrap().unwrap().as_str(), "ann");
        assert!(handle("rooms", Some(&cursor)).is_err());
        assert!(number("users", Some(&cursor)).is_err());
        assert_eq!(numbers::<2>("rooms", "after", &after("rooms", "-1.7")).unwrap(), [-1, 7]);
        assert!(numbers::<3>("rooms", "after", &after("rooms", "-1.7")).is_err());
        assert!(numbers::<1>("rooms", "since", &cursor).is_err());
        let both = number_and_text("grants", Some(&after("grants", "7 a b"))).unwrap();
        assert_eq!(both, Some((7, "a b".to_owned())));
        assert!(number_and_text("users", Some(&cursor)).is_err());
        for wrong in ["", "!", "ann", "dXNlcnM", "_w"] {
            assert!(handle("users", Some(wrong)).is_err(), "{wrong}");
        }
    }
}
