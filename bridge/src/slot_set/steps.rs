//! Ascending numbers as the steps between them: seven bits in a byte, the lowest first; the eighth says that more
//! follow. The first step leads from nothing to the first number.

/// See the module.
#[derive(Debug, Default, Clone)]
pub(crate) struct Steps {
    bytes: Vec<u8>,
    /// How many numbers.
    len: u16,
}

/// Where a number is, or would be.
struct Place {
    /// The number before it, 0 if it is the first.
    before: u32,
    /// Where the step to `next` begins.
    at: usize,
    /// The first number that is not smaller, and where its step ends; none at the end.
    next: Option<(u32, usize)>,
}

/// The bytes of one step.
struct Step {
    bytes: [u8; 5],
    len: usize,
}

impl Steps {
    pub(crate) fn len(&self) -> usize {
        usize::from(self.len)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// In ascending order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> {
        let (mut number, mut at) = (0, 0);
        std::iter::from_fn(move || {
            let (step, end) = self.read(at)?;
            (number, at) = (number + step, end);
            Some(number)
        })
    }

    /// Adds a number; false if it was there.
    pub(crate) fn insert(&mut self, number: u32) -> bool {
        let place = self.find(number);
        let there = match place.next {
            Some((next, _)) if next == number => return false,
            Some((next, end)) => (Step::of(next - number), end),
            None => (Step { bytes: [0; 5], len: 0 }, place.at),
        };
        let (onwards, end) = there;
        let here = Step::of(number - place.before);
        let added = here.len + onwards.len - (end - place.at);
        if self.bytes.capacity() - self.bytes.len() < added {
            self.bytes.reserve_exact(added + self.bytes.len() / 8);
        }
        self.bytes.splice(place.at..end, here.bytes().chain(onwards.bytes()));
        self.len += 1;
        true
    }

    /// Takes a number out; false if it was not there.
    pub(crate) fn remove(&mut self, number: u32) -> bool {
        let place = self.find(number);
        let Some((_, end)) = place.next.filter(|(next, _)| *next == number) else { return false };
        let (onwards, end) = match self.read(end) {
            Some((step, end)) => (Step::of(number - place.before + step), end),
            None => (Step { bytes: [0; 5], len: 0 }, end),
        };
        self.bytes.splice(place.at..end, onwards.bytes());
        self.len -= 1;
        if self.bytes.len() < self.bytes.capacity() / 2 {
            self.bytes.shrink_to_fit();
        }
        true
    }

    fn find(&self, number: u32) -> Place {
        let (mut before, mut at) = (0, 0);
        loop {
            let Some((step, end)) = self.read(at) else { return Place { before, at, next: None } };
            if before + step >= number {
                return Place { before, at, next: Some((before + step, end)) };
            }
            (before, at) = (before + step, end);
        }
    }

    /// The step that begins here, and where it ends.
    fn read(&self, at: usize) -> Option<(u32, usize)> {
        let (mut step, mut shift) = (0, 0);
        for (place, byte) in self.bytes.iter().enumerate().skip(at) {
            step |= u32::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some((step, place + 1));
            }
            shift += 7;
        }
        None
    }

    #[cfg(test)]
    pub(crate) fn size(&self) -> usize {
        self.bytes.capacity()
    }
}

impl FromIterator<u32> for Steps {
    /// The numbers ascend; no more than 65,535 of them.
    fn from_iter<I: IntoIterator<Item = u32>>(numbers: I) -> Steps {
        let (mut steps, mut before) = (Steps::default(), 0);
        for number in numbers {
            steps.bytes.extend(Step::of(number - before).bytes());
            steps.len += 1;
            before = number;
        }
        steps.bytes.shrink_to_fit();
        steps
    }
}

impl Step {
    fn of(mut step: u32) -> Step {
        let (mut bytes, mut len) = ([0; 5], 0);
        loop {
            let low = (step & 0x7f) as u8;
            step >>= 7;
            bytes[len] = if step == 0 { low } else { low | 0x80 };
            len += 1;
            if step == 0 {
                return Step { bytes, len };
            }
        }
    }

    fn bytes(&self) -> impl Iterator<Item = u8> {
        self.bytes.into_iter().take(self.len)
    }
}
