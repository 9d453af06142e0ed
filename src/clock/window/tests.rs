//! Windows against clocks on the wall, summer time included.

use super::*;

fn window(days: &str, from: &str, to: &str, zone: &str) -> Window {
    let days = Weekday::ALL.into_iter().filter(|day| days.contains(day.word()));
    let at = |text| TimeOfDay::parse(text).unwrap();
    Window::new(days, at(from), at(to), Zone::parse(zone).unwrap()).unwrap()
}

fn time(text: &str) -> Time {
    Time::parse(text).unwrap()
}

#[track_caller]
fn opens(window: &Window, from: &str, at: &str) {
    assert_eq!(window.opens(time(from)), Some(time(at)), "{window} from {from}");
}

#[test]
fn a_time_of_day_is_two_digits_a_colon_and_two_digits() {
    for good in ["00:00", "08:30", "23:59", "24:00"] {
        assert_eq!(TimeOfDay::parse(good).map(|at| at.to_string()).as_deref(), Some(good));
    }
    for bad in ["", "8:00", "08:60", "24:01", "25:00", "08:00:00", "+8:00", "08", "0800", "8am", "-1:00"] {
        assert_eq!(TimeOfDay::parse(bad), None, "{bad}");
    }
}

#[test]
fn a_zone_is_one_of_the_database_this_program_carries() {
    assert_eq!(Zone::parse("europe/berlin").unwrap().to_string(), "Europe/Berlin");
    assert!(Zone::parse("UTC").is_some());
    for bad in ["Europe/Berlim", "", "CET-1CEST", "Etc/Unknown", "../etc/passwd"] {
        assert!(Zone::parse(bad).is_none(), "{bad}");
    }
    assert!(Zone::names().iter().any(|name| name == "Asia/Kathmandu"));
}

#[test]
fn a_window_that_never_opens_is_none() {
    let at = |text| TimeOfDay::parse(text).unwrap();
    let new = |days: &[Weekday], from, to| {
        Window::new(days.iter().copied(), at(from), at(to), Zone::parse("UTC").unwrap()).map(|_| ())
    };
    assert_eq!(new(&[], "08:00", "16:00"), Err(BadWindow::NoDays));
    assert_eq!(new(&[Weekday::Mon], "08:00", "08:00"), Err(BadWindow::Empty));
    assert_eq!(new(&[Weekday::Mon], "24:00", "08:00"), Err(BadWindow::BeginsAtEnd));
    assert_eq!(new(&[Weekday::Mon], "00:00", "24:00"), Ok(()));
}

#[test]
fn it_is_open_from_its_first_moment_to_the_one_before_its_last() {
    let window = window("mon tue wed thu", "08:00", "16:00", "Europe/Berlin");
    // 2026-11-20 is a Friday; Berlin is an hour ahead then.
    for (moment, open) in [
        ("2026-11-19T06:59:59Z", false),
        ("2026-11-19T07:00:00Z", true),
        ("2026-11-19T14:59:59Z", true),
        ("2026-11-19T15:00:00Z", false),
        ("2026-11-20T08:00:00Z", false),
    ] {
        assert_eq!(window.is_open(time(moment)), open, "{moment}");
    }
    opens(&window, "2026-11-20T08:00:00Z", "2026-11-23T07:00:00Z");
    opens(&window, "2026-11-19T08:00:00Z", "2026-11-19T08:00:00Z");
    opens(&window, "2026-11-18T15:00:00Z", "2026-11-19T07:00:00Z");
    assert_eq!(window.wall(time("2026-11-20T17:20:00Z")), "fri 18:20");
    assert_eq!(window.to_string(), "mon, tue, wed, thu from 08:00 to 16:00 Europe/Berlin");
}

#[test]
fn the_same_hours_are_others_in_utc_when_it_is_summer_there() {
    let window = window("mon", "08:00", "16:00", "Europe/Berlin");
    opens(&window, "2026-07-05T00:00:00Z", "2026-07-06T06:00:00Z");
    opens(&window, "2026-01-04T00:00:00Z", "2026-01-05T07:00:00Z");
    // The clocks go back on Sunday, 2026-10-25.
    opens(&window, "2026-10-24T00:00:00Z", "2026-10-26T07:00:00Z");
}

#[test]
fn a_window_over_midnight_belongs_to_the_day_it_begins_on() {
    let window = window("fri", "22:00", "06:00", "UTC");
    for (moment, open) in [
        ("2026-11-20T05:00:00Z", false),
        ("2026-11-20T21:59:59Z", false),
        ("2026-11-20T22:00:00Z", true),
        ("2026-11-21T05:59:59Z", true),
        ("2026-11-21T06:00:00Z", false),
        ("2026-11-21T22:00:00Z", false),
    ] {
        assert_eq!(window.is_open(time(moment)), open, "{moment}");
    }
    opens(&window, "2026-11-21T06:00:00Z", "2026-11-27T22:00:00Z");
    assert_eq!(window.to_string(), "fri from 22:00 to 06:00 the next day UTC");
}

#[test]
fn a_window_may_be_whole_days() {
    let window = window("sat sun", "00:00", "24:00", "UTC");
    assert!(window.is_open(time("2026-11-22T23:59:59Z")));
    assert!(!window.is_open(time("2026-11-23T00:00:00Z")));
    opens(&window, "2026-11-23T00:00:00Z", "2026-11-28T00:00:00Z");
}

#[test]
fn an_hour_that_is_left_out_in_spring_is_never_inside() {
    // In Berlin on 2026-03-29 clocks go from 02:00 to 03:00 at 01:00 UTC.
    let within = window("sun", "02:15", "02:45", "Europe/Berlin");
    opens(&within, "2026-03-29T00:00:00Z", "2026-04-05T00:15:00Z");
    let across = window("sun", "02:30", "05:00", "Europe/Berlin");
    opens(&across, "2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z");
}

#[test]
fn an_hour_that_comes_twice_in_autumn_is_inside_twice() {
    // In Berlin on 2026-10-25 clocks go from 03:00 to 02:00 at 01:00 UTC.
    let window = window("sun", "02:00", "02:30", "Europe/Berlin");
    opens(&window, "2026-10-24T23:00:00Z", "2026-10-25T00:00:00Z");
    assert!(!window.is_open(time("2026-10-25T00:30:00Z")));
    opens(&window, "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z");
    opens(&window, "2026-10-25T01:30:00Z", "2026-11-01T01:00:00Z");
}

#[test]
fn a_day_that_a_zone_left_out_is_waited_over() {
    // Samoa had no Friday, 2011-12-30.
    let window = window("fri", "08:00", "16:00", "Pacific/Apia");
    opens(&window, "2011-12-30T00:00:00Z", "2012-01-05T18:00:00Z");
}

#[test]
fn the_first_moment_inside_is_the_first() {
    let windows = [
        window("mon wed", "08:00", "16:00", "Europe/Berlin"),
        window("sun", "01:30", "03:30", "America/New_York"),
        window("fri sun", "23:00", "02:30", "Europe/Lisbon"),
        window("mon tue wed thu fri sat sun", "00:00", "00:30", "Australia/Lord_Howe"),
    ];
    let begin = time("2026-10-20T00:07:00Z").unix();
    for window in &windows {
        for quarter in 0..(14 * 96) {
            let at = Time::from_unix(begin + quarter * 900).unwrap();
            let opens = window.opens(at).unwrap();
            assert!(window.is_open(opens) && opens >= at, "{window} from {at}: {opens}");
            let mut minute = at;
            while minute < opens {
                assert!(!window.is_open(minute), "{window} from {at}: open at {minute}, before {opens}");
                minute = Time::from_unix(minute.unix() + 1_800).unwrap();
            }
        }
    }
}

#[test]
fn out_of_the_calendar_nothing_is_open() {
    let window = window("mon", "08:00", "16:00", "Europe/Berlin");
    assert_eq!(Time::from_unix(i64::MAX), None);
    let last = time("9999-12-30T20:00:00Z");
    assert!(!window.is_open(last));
    let _ = window.opens(last);
}
