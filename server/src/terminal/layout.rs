//! Where what stands on the screen, from the largest to one of three rows.

use ratatui::layout::Rect;

/// The edge of the list and a space behind it.
pub(super) const EDGE: usize = 2;

/// Columns from which on the list of rooms has a place of its own.
const WIDE: u16 = 48;

/// Rows from which on the room's title has a place of its own.
const HIGH: u16 = 5;

/// What has no area is not shown; every area may be empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Areas {
    pub(super) rooms: Option<Rect>,
    pub(super) title: Option<Rect>,
    pub(super) messages: Rect,
    pub(super) state: Rect,
    pub(super) input: Rect,
}

impl Areas {
    /// For a screen of so many columns and rows. The line being typed is the last to go, then the state.
    pub(super) fn of((columns, rows): (u16, u16)) -> Areas {
        let input = Rect::new(0, rows.saturating_sub(1), columns, rows.min(1));
        let has_state = u16::from(rows >= 2);
        let state = Rect::new(0, rows.saturating_sub(2), columns, has_state);
        let above = rows.saturating_sub(2);
        let list = if columns >= WIDE { (columns / 4).clamp(15, 28) } else { 0 };
        let rooms = (list > 0).then(|| Rect::new(0, 0, list, above));
        let has_title = u16::from(rows >= HIGH);
        let (x, width) = (list, columns - list);
        Areas {
            rooms,
            title: (has_title > 0).then(|| Rect::new(x, 0, width, 1)),
            messages: Rect::new(x, has_title, width, above.saturating_sub(has_title)),
            state,
            input,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_overlaps_and_nothing_is_outside_whatever_the_size() {
        for (columns, rows) in (0..90).flat_map(|columns| (0..12).map(move |rows| (columns, rows))) {
            let areas = Areas::of((columns, rows));
            let all = [areas.rooms, areas.title, Some(areas.messages), Some(areas.state), Some(areas.input)];
            let all: Vec<Rect> = all.into_iter().flatten().filter(|area| !area.is_empty()).collect();
            for (at, area) in all.iter().enumerate() {
                assert!(area.right() <= columns && area.bottom() <= rows, "{columns}×{rows}: {area}");
                assert!(all[..at].iter().all(|other| !other.intersects(*area)), "{columns}×{rows}: {area}");
            }
            let covered: u32 = all.iter().map(|area| area.area()).sum();
            assert_eq!(covered, u32::from(columns) * u32::from(rows), "{columns}×{rows}");
        }
    }

    #[test]
    fn a_small_screen_keeps_the_line_then_the_state_then_messages() {
        assert_eq!(Areas::of((10, 1)).input, Rect::new(0, 0, 10, 1));
        assert_eq!(Areas::of((10, 2)).state, Rect::new(0, 0, 10, 1));
        let small = Areas::of((10, 3));
        assert_eq!((small.messages, small.rooms, small.title), (Rect::new(0, 0, 10, 1), None, None));
    }
}
