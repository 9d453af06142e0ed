//! What time it is, how times are written, and the hours at which changes are made.

mod window;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

pub use window::{BadWindow, TimeOfDay, Weekday, Window, Zone};

/// A moment in UTC with the precision of a second, written as RFC 3339 (`2026-11-20T08:00:00Z`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(i64);

impl Time {
    /// Reads an RFC 3339 time (or a date, meaning its first second in UTC); `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(time) = text.parse::<Timestamp>() {
            return Some(Self(time.as_second()));
        }
        let date: jiff::civil::Date = text.parse().ok()?;
        let start = date.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        Some(Self(start.timestamp().as_second()))
    }

    /// The time that is `seconds` after 1970-01-01T00:00:00Z; `None` out of the calendar's range.
    pub fn from_unix(seconds: i64) -> Option<Self> {
        Timestamp::from_second(seconds).ok().map(|time| Self(time.as_second()))
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    pub fn unix(self) -> i64 {
        self.0
    }

    /// Seconds from `earlier` to this moment; negative when `earlier` is later.
    pub fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// Whether a day, written as `2026-12-01`, is over in UTC; a day that cannot be read is.
pub fn is_past(day: &str, now: Time) -> bool {
    const DAY: i64 = 86_400;
    Time::parse(day).is_none_or(|start| now.since(start) >= DAY)
}

impl From<Timestamp> for Time {
    fn from(timestamp: Timestamp) -> Self {
        Self(timestamp.as_second())
    }
}

impl std::fmt::Display for Time {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match Timestamp::from_second(self.0) {
            Ok(time) => write!(f, "{time}"),
            Err(_) => write!(f, "@{}", self.0),
        }
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let time = Self::parse(&text).ok_or_else(|| D::Error::custom("not an RFC 3339 time"))?;
        // One encoding of one meaning: what is read back must be what would be written.
        if time.to_string() == text { Ok(time) } else { Err(D::Error::custom("not a UTC time in whole seconds")) }
    }
}

/// A span of whole seconds, written `24h`, `7d`, `90m` or `30s` in governance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Span(u64);

impl Span {
    /// A span of so many seconds.
    pub fn seconds(seconds: u64) -> Self {
        Self(seconds)
    }

    /// Reads a number with one unit: `s`, `m`, `h`, `d` or `w`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let unit = match text.chars().last()? {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            'w' => 604_800,
            _ => return None,
        };
        let number = text.get(..text.len() - 1)?;
        if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        number.parse::<u64>().ok()?.checked_mul(unit).map(Self)
    }

    /// The span in seconds.
    pub fn as_seconds(self) -> u64 {
        self.0
    }
}

impl std::fmt::Display for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let units = [(604_800, 'w'), (86_400, 'd'), (3_600, 'h'), (60, 'm')];
        match units.iter().find(|(size, _)| self.0 >= *size && self.0.is_multiple_of(*size)) {
            Some((size, letter)) => write!(f, "{}{letter}", self.0 / size),
            None => write!(f, "{}s", self.0),
        }
    }
}

/// The port that says what time it is.
///
/// Promises nothing about order: clocks go back. Order comes from the ledger; time only advises.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Time;
}

/// A clock that stands still, for tests and for `CHANCERY_NOW`.
#[derive(Debug, Clone, Copy)]
pub struct FixedClock(pub Time);

impl Clock for FixedClock {
    fn now(&self) -> Time {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_as_it_was_read() {
        let time = Time::parse("2026-11-20T08:00:00Z").unwrap();
        assert_eq!(time.to_string(), "2026-11-20T08:00:00Z");
        assert_eq!(Time::parse("2026-11-20T09:00:00+01:00"), Some(time));
        assert_eq!(Time::parse("2026-11-20").map(|t| t.to_string()).as_deref(), Some("2026-11-20T00:00:00Z"));
        assert!(serde_json::from_str::<Time>("\"2026-11-20T09:00:00+01:00\"").is_err());
    }

    #[test]
    fn a_day_is_over_when_the_next_begins() {
        let at = |text: &str| Time::parse(text).unwrap();
        assert!(!is_past("2026-11-20", at("2026-11-19T00:00:00Z")));
        assert!(!is_past("2026-11-20", at("2026-11-20T23:59:59Z")));
        assert!(is_past("2026-11-20", at("2026-11-21T00:00:00Z")));
        assert!(is_past("soon", at("2026-11-21T00:00:00Z")), "what cannot be read holds no longer");
    }

    #[test]
    fn a_span_needs_a_unit() {
        assert_eq!(Span::parse("24h").map(Span::as_seconds), Some(86_400));
        assert_eq!(Span::parse("24h").map(|s| s.to_string()).as_deref(), Some("1d"));
        for wrong in ["", "h", "24", "-1h", "1y", "1.5h", "99999999999999999999d"] {
            assert_eq!(Span::parse(wrong), None, "{wrong}");
        }
    }
}
