"""ann chats in a terminal: NATTER DATA-FOLDER SERVER ANN'S-PASSWORD AUTHORITY-OF-THE-SERVER

It runs `natter chat` in a terminal of its own, types as a person would, and reads the screen as a person would: by an
emulator. It tells what it saw line by line, and whoever runs it says things as bo, ends the server and starts it again.
"""

import signal
import sys
import termios
import time

import pexpect
import pyte

NATTER, DATA, SERVER, PASSWORD, AUTHORITY = sys.argv[1:]
PATIENCE = 30
LOCAL = termios.ICANON | termios.ECHO | termios.ISIG


class Terminal:
    """A program in a terminal of 80 by 24, and what its screen shows."""

    def __init__(self, program, *words):
        self.screen = pyte.Screen(80, 24)
        self.stream = pyte.ByteStream(self.screen)
        self.child = pexpect.spawn(program, list(words), dimensions=(24, 80), timeout=PATIENCE)
        self.raw = b""

    def read(self):
        """Takes what the program wrote meanwhile; false when it has ended."""
        try:
            written = self.child.read_nonblocking(65536, timeout=0.05)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.raw += written
        self.stream.feed(written)
        return True

    def text(self):
        # Not the emulator's own display: it stumbles over what is left of a wide character that was written over.
        rows = (self.screen.buffer[row] for row in range(self.screen.lines))
        return "\n".join("".join(row[column].data for column in range(self.screen.columns)).rstrip() for row in rows)

    def until(self, what, holds):
        deadline = time.monotonic() + PATIENCE
        while not holds(self.text()):
            is_alive = self.read()
            if not is_alive or time.monotonic() > deadline:
                sys.exit(f"waited in vain for {what}; the screen shows:\n{self.text()}")

    def shows(self, *words):
        """Waits until all of this is on the screen."""
        self.until(words, lambda text: all(each in text for each in words))

    def hides(self, words):
        self.until(f"no {words}", lambda text: words not in text)

    def types(self, keys):
        self.child.send(keys)

    def resize(self, columns, rows):
        self.screen.resize(rows, columns)
        self.child.setwinsize(rows, columns)

    def is_local(self):
        """Whether the terminal echoes and edits by itself, as a shell expects it."""
        return termios.tcgetattr(self.child.child_fd)[3] & LOCAL == LOCAL

    def ends(self):
        """Waits for the end; the terminal is as it was."""
        deadline = time.monotonic() + PATIENCE
        while self.read():
            if time.monotonic() > deadline:
                sys.exit(f"it does not end; the screen shows:\n{self.text()}")
        assert self.is_local(), "the terminal is not given back"
        self.child.close()
        assert self.child.exitstatus == 0, self.child
        for last_word in (b"\x1b[?1049l", b"\x1b[?2004l"):
            assert last_word in self.raw, "the screen is not given back"


def is_unread(text, room):
    """Whether the list of rooms has a number behind this one."""
    return any(line.split()[:3] == [room, "1", "│"] for line in text.splitlines())


def say(words):
    print(words, flush=True)


def chat():
    ann = Terminal(NATTER, "chat", "--as", "ann", "--data", DATA)
    ann.shows("● connected", "bo: said before")
    ann.until("bo's message to be unread", lambda text: is_unread(text, "@bo"))
    assert not ann.is_local(), "keys come as they are typed"
    say("sees what was said before")
    ann.shows("bo: the kettle is on", "茶 🍵", "␛[2J")
    say("sees what is said now")
    ann.types("hello back, bo\x17bop\x7f\r")
    ann.shows("ann: hello back, bo ✓")
    say("is heard")
    ann.shows("○ reconnecting")
    ann.types("typed meanwhile\r")
    ann.shows("typed meanwhile …")
    say("waits for the server")
    ann.shows("● connected", "bo: said meanwhile", "typed meanwhile ✓")
    say("is connected again")
    ann.shows("bo: welcome back")
    ann.types("\t")
    ann.shows("bo: psst")
    ann.until("bo's message to be read", lambda text: not is_unread(text, "@bo"))
    ann.types("/to bo yes?\r")
    ann.shows("ann: yes? ✓")
    ann.types("\x1b[200~two\nlines\x1b[201~")
    ann.shows("> two↵lines")
    ann.types("\x15/hlep\r")
    ann.shows("did you mean /help?")
    ann.resize(40, 8)
    ann.hides("│")
    ann.shows("yes? ✓")
    ann.resize(100, 30)
    ann.shows("│ @bo")
    say("has the whole screen again")
    ann.types("\x03")
    ann.ends()


def dismissed():
    ann = Terminal(NATTER, "chat", "--as", "ann", "--data", DATA)
    ann.shows("● connected")
    ann.child.kill(signal.SIGTERM)
    ann.ends()


def elsewhere():
    """A client like any other, by TLS: the password comes by a pipe, keys by the terminal."""
    words = 'echo "$3" | "$1" chat --as ann --server "$2" --ca "$4" --data /nowhere --password-stdin'
    ann = Terminal("/bin/sh", "-c", words, "sh", NATTER, SERVER, PASSWORD, AUTHORITY)
    ann.shows("● connected", f"ann at {SERVER}", "You are in no room yet.")
    ann.types("/open tea\r")
    ann.shows("bo: welcome back")
    ann.types("from elsewhere\r")
    ann.shows("ann: from elsewhere ✓")
    ann.types("/open cellar\r")
    ann.shows("cellar: you are not a member of this room")
    ann.types("\x1b")
    ann.ends()


chat()
dismissed()
elsewhere()
say("all is well")
