//! `window = …`: the hours at which an environment is changed.

use crate::{
    artifact::Item,
    clock::{BadWindow, TimeOfDay, Weekday, Window, Zone},
    problem::nearest,
};

/// `{ days, from, to, zone }`, all of which it needs; one that would never open is a problem.
pub(super) fn read(item: &Item<'_>) -> Option<Window> {
    let mut table = item.table()?;
    let days = table.required("days").and_then(|item| days(&item));
    let mut time = |key| table.required(key).and_then(|item| time(&item));
    let (from, to) = (time("from"), time("to"));
    let zone = table.required("zone").and_then(|item| zone(&item));
    table.finish();
    let (code, message, next) = match Window::new(days?, from?, to?, zone?) {
        Ok(window) => return Some(window),
        Err(BadWindow::NoDays) => ("empty-list", "names no day", "name a day, or remove `window`"),
        Err(BadWindow::Empty) => ("never-open", "ends when it begins", "a whole day is `00:00` to `24:00`"),
        Err(BadWindow::BeginsAtEnd) => ("never-open", "begins at `24:00`", "write `00:00`, and name the day after"),
    };
    item.report(item.problem(code, format!("`{}` {message}, and so would never be open", item.keys())).next(next));
    None
}

/// Days by their words, none twice.
fn days(item: &Item<'_>) -> Option<Vec<Weekday>> {
    let words = Weekday::ALL.map(|day| (day.word(), day));
    let mut days = Vec::new();
    for entry in item.list()? {
        let day = entry.one_of(&words)?;
        if days.contains(&day) {
            entry.refuse("duplicate", format!("`{day}` stands twice in `{}`", item.keys()));
        }
        days.push(day);
    }
    Some(days)
}

fn time(item: &Item<'_>) -> Option<TimeOfDay> {
    let text = item.string()?;
    let time = TimeOfDay::parse(&text);
    if time.is_none() {
        let problem = item.problem("bad-time-of-day", format!("`{text}` is no time of day"));
        item.report(problem.next("write hours and minutes: `08:00`, `16:30`; the end of a day is `24:00`"));
    }
    time
}

fn zone(item: &Item<'_>) -> Option<Zone> {
    let text = item.string()?;
    let zone = Zone::parse(&text);
    if zone.is_none() {
        let names = Zone::names();
        let near = nearest(&text, names.iter().map(String::as_str));
        let next = near.map_or_else(
            || "name one of the IANA database: `Europe/Berlin`, `America/New_York`, `UTC`".to_owned(),
            |name| format!("did you mean `{name}`?"),
        );
        item.report(item.problem("unknown-zone", format!("there is no time zone `{text}`")).next(next));
    }
    zone
}
