//! `retry-after`: how long a server wants to be left alone (RFC 9110, section 10.2.3).

use std::time::Duration;

use jiff::fmt::rfc2822::DateTimeParser;

use crate::clock::Time;

/// The pause that a header asks for, in seconds or up to a date; `None` for what is neither.
///
/// A date that has passed asks for no pause. Fractions of a second are taken, because some servers write them; the
/// two obsolete forms of dates are not.
pub(super) fn pause(header: &str, today: Time) -> Option<Duration> {
    let text = header.trim();
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return Duration::try_from_secs_f64(text.parse().ok()?).ok();
    }
    let until = DateTimeParser::new().parse_timestamp(text).ok()?;
    Some(Duration::from_secs(u64::try_from(until.as_second().saturating_sub(today.unix())).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_dates_are_read_and_nothing_else() {
        let today = Time::parse("2026-11-20T08:00:00Z").unwrap();
        let millis = |header| pause(header, today).map(|pause| pause.as_millis());
        assert_eq!(millis("2"), Some(2000));
        assert_eq!(millis(" 0.5 "), Some(500));
        assert_eq!(millis("0"), Some(0));
        assert_eq!(millis("Fri, 20 Nov 2026 08:00:07 GMT"), Some(7000));
        assert_eq!(millis("Fri, 20 Nov 2026 07:00:00 GMT"), Some(0));
        for nothing in ["", "-1", "soon", "1e999", "1 2", "0x10", "NaN", "inf", "Fri, 99 Nov 2026 08:00:07 GMT"] {
            assert_eq!(millis(nothing), None, "{nothing}");
        }
    }
}
