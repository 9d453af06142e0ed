//! Data about people: numbers of cards and accounts, e-mail addresses, telephone numbers.

use std::{ops::Range, sync::LazyLock};

use regex::Regex;

/// What kind of data about a person it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// A payment card's number: known prefix and length, and its check digit holds.
    Card,
    /// A bank account's international number: its check digits hold.
    Account,
    /// An e-mail address outside the domains that are reserved for examples.
    Email,
    /// A telephone number outside those that are reserved for fiction.
    Phone,
}

impl About {
    /// What it is, with its article.
    pub fn title(self) -> &'static str {
        match self {
            Self::Card => "a card number",
            Self::Account => "an IBAN",
            Self::Email => "an e-mail address",
            Self::Phone => "a telephone number",
        }
    }

    /// One word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Account => "iban",
            Self::Email => "email",
            Self::Phone => "phone",
        }
    }
}

/// A place where data about a person stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonalHit {
    /// What kind it is.
    pub about: About,
    /// Its bytes in the text.
    pub range: Range<usize>,
}

/// Patterns are compiled once; they find candidates, and [`Candidate`]s are checked by their own rules.
static CANDIDATES: LazyLock<Vec<(About, Regex)>> = LazyLock::new(|| {
    let patterns = [
        (About::Account, r"[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?"),
        (About::Card, r"[0-9](?:[ -]?[0-9]){11,18}"),
        (About::Email, r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}"),
        (
            About::Phone,
            r"(?:\+|00)[1-9][0-9]{0,2}(?:[ ./-]{0,2}\(?[0-9]{1,5}\)?){2,7}|\(?[2-9][0-9]{2}\)?[-. ][2-9][0-9]{2}[-. ][0-9]{4}",
        ),
    ];
    patterns.into_iter().filter_map(|(about, pattern)| Some((about, Regex::new(pattern).ok()?))).collect()
});

/// All data about people in a text, by place; what is part of another find is not told again.
pub fn personal(text: &str) -> Vec<PersonalHit> {
    let mut found: Vec<PersonalHit> = Vec::new();
    for (about, pattern) in &*CANDIDATES {
        for candidate in pattern.find_iter(text) {
            let Some(range) = shortened(*about, text, candidate.range()) else { continue };
            let overlaps = |known: &PersonalHit| known.range.start < range.end && range.start < known.range.end;
            if !found.iter().any(overlaps) {
                found.push(PersonalHit { about: *about, range });
            }
        }
    }
    found.sort_by_key(|hit| hit.range.start);
    found
}

/// What of a candidate is one: all of it, or of an account's number what stands before words in capitals.
fn shortened(about: About, text: &str, mut range: Range<usize>) -> Option<Range<usize>> {
    loop {
        let candidate = text.get(range.clone())?;
        let goes_on =
            about == About::Phone && text.get(..range.start)?.trim_end().ends_with(|c: char| c.is_ascii_digit());
        if !goes_on && stands_alone(text, &range) && is_one(about, candidate) {
            return Some(range);
        }
        match candidate.rfind(' ') {
            Some(space) if about == About::Account => range.end = range.start + space,
            _ => return None,
        }
    }
}

fn stands_alone(text: &str, range: &Range<usize>) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let before = text.get(..range.start).unwrap_or_default();
    let after = text.get(range.end..).unwrap_or_default();
    !before.ends_with(part) && !after.starts_with(part)
}

fn is_one(about: About, candidate: &str) -> bool {
    match about {
        About::Card => is_card(&digits(candidate)),
        About::Account => is_account(candidate),
        About::Email => is_address_of_somebody(candidate),
        About::Phone => is_number_of_somebody(candidate),
    }
}

fn digits(text: &str) -> Vec<u32> {
    text.chars().filter_map(|c| c.to_digit(10)).collect()
}

/// The issuers' prefixes and lengths, and Luhn's check digit.
fn is_card(digits: &[u32]) -> bool {
    let prefix = |length: usize| digits.iter().take(length).fold(0, |number, digit| number * 10 + digit);
    let known = match digits.len() {
        13 | 19 => prefix(1) == 4 || prefix(2) == 62,
        14 => matches!(prefix(2), 36 | 38 | 39) || (300..=305).contains(&prefix(3)),
        15 => matches!(prefix(2), 34 | 37),
        16 => {
            prefix(1) == 4
                || (51..=55).contains(&prefix(2))
                || (2221..=2720).contains(&prefix(4))
                || matches!(prefix(2), 62 | 65)
                || prefix(4) == 6011
                || (3528..=3589).contains(&prefix(4))
                || (644..=649).contains(&prefix(3))
        }
        12 | 17 | 18 => matches!(prefix(2), 50 | 56 | 57 | 58 | 62 | 67),
        _ => false,
    };
    let doubled = |(place, digit): (usize, &u32)| match (place % 2, digit * 2) {
        (0, _) => *digit,
        (_, twice) if twice > 9 => twice - 9,
        (_, twice) => twice,
    };
    let varied = digits.first().is_some_and(|first| digits.iter().any(|digit| digit != first));
    known && varied && digits.iter().rev().enumerate().map(doubled).sum::<u32>() % 10 == 0
}

/// ISO 13616: a country that issues them, and check digits that leave 1 when divided by 97.
fn is_account(candidate: &str) -> bool {
    let compact: Vec<char> = candidate.chars().filter(|c| *c != ' ').collect();
    let rearranged = compact.iter().skip(4).chain(compact.iter().take(4));
    let rest = rearranged.filter_map(|c| c.to_digit(36)).fold(0_u32, |rest, value| {
        let wide = if value > 9 { 100 } else { 10 };
        (rest * wide + value) % 97
    });
    (15..=34).contains(&compact.len()) && rest == 1
}

/// RFC 2606 and RFC 6761 reserve domains for examples: nobody has an address there.
fn is_address_of_somebody(candidate: &str) -> bool {
    let domain = candidate.rsplit_once('@').map_or("", |(_, domain)| domain).to_ascii_lowercase();
    let below = |name: &str| domain == name || domain.ends_with(&format!(".{name}"));
    let ends = |name: &&str| domain.ends_with(&format!(".{name}"));
    let reserved = ["example.com", "example.org", "example.net"].iter().any(|name| below(name));
    !reserved && !["example", "test", "invalid", "localhost"].iter().any(ends)
}

/// Eight to fifteen digits, and not one of the numbers 555-0100 to 555-0199, which are kept for fiction.
fn is_number_of_somebody(candidate: &str) -> bool {
    let digits = digits(candidate.strip_prefix("00").unwrap_or(candidate));
    let local = digits.get(digits.len().saturating_sub(7)..).unwrap_or_default();
    let fiction = local.starts_with(&[5, 5, 5, 0, 1]);
    (8..=15).contains(&digits.len()) && !fiction
}
