//! The terminal, taken for as long as the chat runs, and given back as it was: at every end, a panic included.

use super::state::State;
use super::view;
use anyhow::{Context, ensure};
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::execute;
use ratatui::DefaultTerminal;
use std::io::{IsTerminal, stdout};

/// See the module.
pub(super) struct Screen(DefaultTerminal);

impl Screen {
    /// Refuses where nobody looks.
    pub(super) fn is_there() -> anyhow::Result<()> {
        ensure!(
            stdout().is_terminal(),
            "a chat needs a terminal; `natter listen` and `natter say` need none"
        );
        Ok(())
    }

    /// Takes the terminal: another screen, keys as they come, what is pasted as a whole.
    pub(super) fn take() -> anyhow::Result<Screen> {
        // From now on a panic gives the screen back before it is told.
        let taken = ratatui::try_init().map(Screen).inspect_err(|_| ratatui::restore());
        let screen = taken.context("cannot take the terminal")?;
        execute!(stdout(), EnableBracketedPaste).context("cannot take the terminal")?;
        Ok(screen)
    }

    /// Columns and rows.
    pub(super) fn size(&self) -> anyhow::Result<(u16, u16)> {
        let size = self.0.size().context("cannot ask the terminal for its size")?;
        Ok((size.width, size.height))
    }

    pub(super) fn draw(&mut self, state: &State) -> anyhow::Result<()> {
        self.0.draw(|frame| view::draw(state, frame)).context("cannot draw on the terminal")?;
        Ok(())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // A terminal that is gone can't be restored.
        execute!(stdout(), DisableBracketedPaste).ok();
        // After a panic that is done already: once more, and the terminal would write over what was told of it.
        if !std::thread::panicking() {
            ratatui::try_restore().ok();
        }
        self.0.show_cursor().ok();
    }
}
