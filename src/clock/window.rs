//! The hours at which changes are made: days and times as clocks on the wall of one place show them.

use std::{collections::BTreeSet, fmt};

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::{TimeZone, TimeZoneDatabase},
};

use super::Time;

/// How many days ahead the next opening is looked for: a week, and room for days that a zone left out.
const AHEAD: usize = 23;
const DAY: u16 = 24 * 60;

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weekday {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

impl Weekday {
    /// All of them, as a week goes.
    pub const ALL: [Self; 7] = [Self::Mon, Self::Tue, Self::Wed, Self::Thu, Self::Fri, Self::Sat, Self::Sun];

    /// The word for it, as `chancery.toml` has it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Mon => "mon",
            Self::Tue => "tue",
            Self::Wed => "wed",
            Self::Thu => "thu",
            Self::Fri => "fri",
            Self::Sat => "sat",
            Self::Sun => "sun",
        }
    }

    fn of(date: Date) -> Self {
        match date.weekday() {
            jiff::civil::Weekday::Monday => Self::Mon,
            jiff::civil::Weekday::Tuesday => Self::Tue,
            jiff::civil::Weekday::Wednesday => Self::Wed,
            jiff::civil::Weekday::Thursday => Self::Thu,
            jiff::civil::Weekday::Friday => Self::Fri,
            jiff::civil::Weekday::Saturday => Self::Sat,
            jiff::civil::Weekday::Sunday => Self::Sun,
        }
    }
}

impl fmt::Display for Weekday {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Hour and minute, written `08:00`; `24:00` is the end of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay(u16);

impl TimeOfDay {
    /// Reads two digits, a colon, two digits; `None` for anything else and for what no clock shows.
    pub fn parse(text: &str) -> Option<Self> {
        let (hour, minute) = text.split_once(':')?;
        let number = |text: &str| {
            let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
            if digits { text.parse::<u16>().ok() } else { None }
        };
        let (hour, minute) = (number(hour)?, number(minute)?);
        let minutes = hour * 60 + minute;
        (minute < 60 && minutes <= DAY).then_some(Self(minutes))
    }

    /// Minutes since the day began.
    pub fn minutes(self) -> u16 {
        self.0
    }

    fn of(wall: DateTime) -> Self {
        let minutes = i16::from(wall.hour()) * 60 + i16::from(wall.minute());
        Self(u16::try_from(minutes).unwrap_or_default())
    }

    fn on(self, date: Date) -> Option<DateTime> {
        let part = |number: u16| i8::try_from(number).ok();
        Some(date.at(part(self.0 / 60)?, part(self.0 % 60)?, 0, 0))
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

/// A place's time zone, by its name in the IANA database (`Europe/Berlin`).
///
/// The database is the one this program was built with, never the machine's: every clone decides alike. A build with
/// a newer one may differ from it only where a government changed its clocks, and then for the time after.
#[derive(Clone)]
pub struct Zone {
    name: String,
    zone: TimeZone,
}

impl Zone {
    /// Finds a zone; `None` where the database has none of this name.
    pub fn parse(name: &str) -> Option<Self> {
        let zone = TimeZoneDatabase::bundled().get(name).ok().filter(|zone| !zone.is_unknown())?;
        let name = zone.iana_name()?.to_owned();
        Some(Self { name, zone })
    }

    /// The names of all zones.
    pub fn names() -> Vec<String> {
        TimeZoneDatabase::bundled().available().map(|name| name.as_str().to_owned()).collect()
    }

    /// What clocks on the wall show.
    fn wall(&self, time: Time) -> Option<DateTime> {
        Some(self.zone.to_datetime(Timestamp::from_second(time.unix()).ok()?))
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Zone").field(&self.name).finish()
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Zone {}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// Why a window would never open, or not be what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadWindow {
    /// It names no day.
    NoDays,
    /// It ends when it begins.
    Empty,
    /// It begins where a day ends.
    BeginsAtEnd,
}

/// Days, and the hours of them.
///
/// Whether it is open is decided by what clocks on the wall of the zone show: an hour that is left out in spring is
/// never inside, an hour that comes twice in autumn is inside twice. A window that ends before it begins goes on into
/// the next day; the day it begins on is the one that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    days: BTreeSet<Weekday>,
    from: TimeOfDay,
    to: TimeOfDay,
    zone: Zone,
}

impl Window {
    /// A window that opens at `from` on each of these days and is closed again at `to`.
    ///
    /// # Errors
    ///
    /// [`BadWindow`] for one that would never be open.
    pub fn new(
        days: impl IntoIterator<Item = Weekday>,
        from: TimeOfDay,
        to: TimeOfDay,
        zone: Zone,
    ) -> Result<Self, BadWindow> {
        let days: BTreeSet<Weekday> = days.into_iter().collect();
        if days.is_empty() {
            return Err(BadWindow::NoDays);
        }
        if from.0 == DAY {
            return Err(BadWindow::BeginsAtEnd);
        }
        if from == to { Err(BadWindow::Empty) } else { Ok(Self { days, from, to, zone }) }
    }

    /// The days on which it opens, as a week goes.
    pub fn days(&self) -> impl Iterator<Item = Weekday> {
        self.days.iter().copied()
    }

    /// When it opens.
    pub fn from(&self) -> TimeOfDay {
        self.from
    }

    /// When it closes, in words that say on which day.
    pub fn until(&self) -> String {
        if self.is_overnight() { format!("{} the next day", self.to) } else { self.to.to_string() }
    }

    /// When it closes, in minutes since the beginning of the day on which it opened.
    pub fn closes(&self) -> u16 {
        if self.is_overnight() { self.to.0 + DAY } else { self.to.0 }
    }

    /// The zone whose clocks count.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    fn is_overnight(&self) -> bool {
        self.to < self.from
    }

    /// Whether a moment is inside. Out of the calendar's range none is.
    pub fn is_open(&self, time: Time) -> bool {
        let Some(wall) = self.zone.wall(time) else { return false };
        let now = TimeOfDay::of(wall);
        let begins = |date: Date| self.days.contains(&Weekday::of(date));
        if !self.is_overnight() {
            return begins(wall.date()) && self.from <= now && now < self.to;
        }
        let since_yesterday = wall.date().yesterday().is_ok_and(begins) && now < self.to;
        since_yesterday || (begins(wall.date()) && self.from <= now)
    }

    /// The first moment inside, this one or a later one; `None` out of the calendar's range.
    pub fn opens(&self, time: Time) -> Option<Time> {
        if self.is_open(time) {
            return Some(time);
        }
        // It opens when a clock comes to `from`, or when one is put forward or back to what is inside.
        let begin = Timestamp::from_second(time.unix()).ok()?;
        let today = self.zone.wall(time)?.date();
        let mut moments = Vec::new();
        for date in today.yesterday().ok()?.series(jiff::Span::new().days(1)).take(AHEAD) {
            let wall = self.zone.zone.to_ambiguous_timestamp(self.from.on(date)?);
            moments.extend(wall.earlier());
            moments.extend(wall.later());
        }
        let last = moments.iter().max().copied()?;
        let turns = self.zone.zone.following(begin).map(|turn| turn.timestamp());
        moments.extend(turns.take_while(|turn| *turn <= last));
        let later = moments.into_iter().map(Time::from).filter(|moment| *moment > time);
        later.filter(|moment| self.is_open(*moment)).min()
    }

    /// What a clock on the wall there shows: `fri 18:20`.
    pub fn wall(&self, time: Time) -> String {
        match self.zone.wall(time) {
            Some(wall) => format!("{} {}", Weekday::of(wall.date()), TimeOfDay::of(wall)),
            None => time.to_string(),
        }
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days: Vec<&str> = self.days.iter().map(|day| day.word()).collect();
        let days = if days.len() == Weekday::ALL.len() { "every day".to_owned() } else { days.join(", ") };
        write!(f, "{days} from {} to {} {}", self.from, self.until(), self.zone)
    }
}

#[cfg(test)]
mod tests;
