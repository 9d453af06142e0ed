//! The encoding inside SSH keys and signatures (RFC 4251): lengths, strings, big numbers.

/// What is left to read.
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Reads from the first of these bytes.
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// So many bytes, as they are.
    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    /// A number of four bytes.
    pub(super) fn u32(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_be_bytes)
    }

    /// Bytes preceded by their number.
    pub(super) fn string(&mut self) -> Option<&'a [u8]> {
        let length = self.u32()?;
        self.take(usize::try_from(length).ok()?)
    }

    /// Text preceded by its length.
    pub(super) fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.string()?).ok()
    }

    /// The magnitude of a positive number, without leading zeros; leading zeros more than needed are tolerated.
    pub(super) fn number(&mut self) -> Option<&'a [u8]> {
        let bytes = self.string()?;
        let negative = bytes.first().is_some_and(|first| first & 0x80 != 0);
        let magnitude = bytes.get(bytes.iter().take_while(|byte| **byte == 0).count()..)?;
        (!negative && !magnitude.is_empty()).then_some(magnitude)
    }

    /// Like [`Reader::number`], in the shortest spelling only.
    pub(super) fn shortest_number(&mut self) -> Option<&'a [u8]> {
        let before = self.0;
        let magnitude = self.number()?;
        let mut shortest = Vec::with_capacity(magnitude.len() + 5);
        put_number(&mut shortest, magnitude);
        before.starts_with(&shortest).then_some(magnitude)
    }

    /// Nothing may be left.
    pub(super) fn end(self) -> Option<()> {
        self.0.is_empty().then_some(())
    }
}

/// Appends bytes preceded by their number.
pub(super) fn put_string(out: &mut Vec<u8>, bytes: &[u8]) {
    // Keys and signatures are a few kilobytes; a length above u32 cannot be built from what we read.
    out.extend(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
    out.extend(bytes);
}

/// Appends a positive number, given its magnitude without leading zeros.
pub(super) fn put_number(out: &mut Vec<u8>, magnitude: &[u8]) {
    if magnitude.first().is_some_and(|first| first & 0x80 != 0) {
        let mut bytes = vec![0];
        bytes.extend(magnitude);
        put_string(out, &bytes);
    } else {
        put_string(out, magnitude);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_one_shortest_spelling() {
        let long = [0, 0, 0, 3, 0, 0, 7];
        assert_eq!(Reader::new(&long).number(), Some(&[7][..]));
        assert_eq!(Reader::new(&long).shortest_number(), None);
        assert_eq!(Reader::new(&[0, 0, 0, 2, 0, 0x80]).shortest_number(), Some(&[0x80][..]));
    }

    #[test]
    fn a_negative_number_and_zero_are_refused() {
        assert_eq!(Reader::new(&[0, 0, 0, 1, 0x80]).number(), None);
        assert_eq!(Reader::new(&[0, 0, 0, 0]).number(), None);
    }
}
