//! Lists cut into chunks of a few fixed sizes, so that however long they are, every statement is prepared once.

/// Rows in one statement. Powers of two, so that any number of rows is a few statements, and all small numbers, so that
/// a quiet server's batches are one; no more sizes than the cache of prepared statements has room for.
pub(crate) const MANY: [usize; 13] = [256, 128, 64, 32, 16, 8, 7, 6, 5, 4, 3, 2, 1];

/// The same for statements beside those of the log, which share the cache with them.
pub(crate) const FEW: [usize; 5] = [256, 64, 16, 4, 1];

/// Cuts a list into chunks of these sizes, the last of which is one, the largest first; with each comes which size it is.
pub(crate) fn chunks<'a, T>(
    sizes: &'static [usize],
    mut list: &'a [T],
) -> impl Iterator<Item = (usize, &'a [T])> {
    std::iter::from_fn(move || {
        let size = sizes.iter().position(|&rows| rows <= list.len())?;
        let (chunk, rest) = list.split_at(sizes[size]);
        list = rest;
        Some((size, chunk))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_keep_every_row_and_its_order() {
        for sizes in [&MANY[..], &FEW[..]] {
            for len in [0, 1, 3, 4, 5, 63, 64, 255, 256, 512, 599] {
                let list: Vec<usize> = (0..len).collect();
                let cut: Vec<usize> = chunks(sizes, &list).flat_map(|(_, chunk)| chunk.to_vec()).collect();
                assert_eq!(cut, list);
                assert!(chunks(sizes, &list).all(|(size, chunk)| chunk.len() == sizes[size]));
            }
        }
    }
}
