//! What a check answers.

/// Whether a check's statement about a reply is true, with what was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::eval) enum Ruling {
    /// True.
    Holds(String),
    /// False.
    Fails(String),
    /// Neither: the check itself cannot be carried out. Never counts in anybody's favour.
    Broken(String),
}

impl Ruling {
    /// Holds or fails, with the reason that belongs to it.
    pub(super) fn when(holds: bool, if_so: String, if_not: String) -> Self {
        if holds { Self::Holds(if_so) } else { Self::Fails(if_not) }
    }
}
