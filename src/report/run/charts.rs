//! Charts as inline SVG: no script, no font, no colour that means something alone.

use crate::report::markup::Markup;

/// Columns of the drawing, in its own units; a browser scales it to the page.
const WIDTH: f64 = 760.0;

/// Where the plot begins: names stand left of it.
const LEFT: f64 = 232.0;

/// Where it ends: figures stand right of it.
const RIGHT: f64 = 560.0;

/// The height of a row, and of what stands above the first.
const ROW: f64 = 30.0;

/// Room for the scale.
const TOP: f64 = 24.0;

/// The most columns of a name; all of it stands in the table below the chart.
const NAME: usize = 19;

/// What a chart says of itself, to eyes and to screen readers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Caption<'a> {
    /// Its own word on the page.
    pub(super) id: &'a str,
    /// What it shows.
    pub(super) title: &'a str,
}

/// A share with its interval.
#[derive(Debug, Clone)]
pub(super) struct Share {
    /// Whose it is.
    pub(super) name: String,
    /// The share; absent where nothing counts.
    pub(super) part: Option<f64>,
    /// Its interval.
    pub(super) interval: (f64, f64),
    /// The same in words.
    pub(super) words: String,
    /// Whether it may be put beside the last one: it is a share of the same cases.
    pub(super) comparable: bool,
}

/// Amounts that add up, or of which the second is a mark beyond the first.
#[derive(Debug, Clone)]
pub(super) struct Amount {
    /// Whose they are.
    pub(super) name: String,
    /// The amounts; absent where they are not known.
    pub(super) parts: Option<(f64, f64)>,
    /// The same in words.
    pub(super) words: String,
}

/// Shares below each other, each as a dot on the line of its interval; hollow where it is not comparable.
pub(super) fn shares(page: &mut Markup, caption: Caption<'_>, rows: &[Share]) {
    let told = rows.iter().map(|row| (row.name.as_str(), row.words.as_str()));
    frame(page, caption, told, |page| {
        for step in 0..=4 {
            let share = f64::from(step) / 4.0;
            scale(page, share, &format!("{} %", step * 25), rows.len());
        }
        for (at, row) in rows.iter().enumerate() {
            let y = middle(at);
            let (low, high) = (across(row.interval.0), across(row.interval.1));
            line(page, "whisker", (low, y), (high, y));
            line(page, "whisker", (low, y - 5.0), (low, y + 5.0));
            line(page, "whisker", (high, y - 5.0), (high, y + 5.0));
            if let Some(share) = row.part {
                let class = if row.comparable { "dot" } else { "dot hollow" };
                let (cx, cy) = (number(across(share)), number(y));
                page.element("circle", &[("class", class), ("cx", &cx), ("cy", &cy), ("r", "5")], |_| {});
            }
        }
    });
}

/// Amounts below each other, each as a bar of two parts: one plain, one hatched.
pub(super) fn amounts(page: &mut Markup, caption: Caption<'_>, rows: &[Amount], scaled: impl Fn(f64) -> String) {
    let most = rows.iter().filter_map(|row| row.parts).map(|(one, two)| one + two).fold(0.0, f64::max);
    let most = round_up(most);
    let told = rows.iter().map(|row| (row.name.as_str(), row.words.as_str()));
    let hatch = format!("{}-hatch", caption.id);
    let filled = format!("url(#{hatch})");
    frame(page, caption, told, |page| {
        let pattern = [("id", hatch.as_str()), ("width", "6"), ("height", "6"), ("patternUnits", "userSpaceOnUse")];
        page.element("defs", &[], |page| {
            page.element("pattern", &pattern, |page| {
                page.element("rect", &[("class", "paper"), ("width", "6"), ("height", "6")], |_| {});
                page.element("path", &[("class", "hatch"), ("d", "M0 6L6 0M-1 1L1 -1M5 7L7 5")], |_| {});
            });
        });
        for step in 0..=2 {
            let share = f64::from(step) / 2.0;
            scale(page, share, &scaled(most * share), rows.len());
        }
        for (at, row) in rows.iter().enumerate() {
            let Some((one, two)) = row.parts else { continue };
            let (first, second) = (across(one / most), across((one + two) / most));
            bar(page, &[("class", "bar")], at, (across(0.0), first));
            bar(page, &[("class", "edge"), ("fill", &filled)], at, (first, second));
        }
    });
}

/// The drawing with its captions, its names and its figures; `inside` draws the plot.
fn frame<'a>(
    page: &mut Markup,
    caption: Caption<'_>,
    rows: impl Iterator<Item = (&'a str, &'a str)> + Clone,
    inside: impl FnOnce(&mut Markup),
) {
    let height = TOP + ROW * f64::from(u32::try_from(rows.clone().count()).unwrap_or(u32::MAX)) + 4.0;
    let (title, told) = (format!("{}-title", caption.id), format!("{}-told", caption.id));
    let (view, by) = (format!("0 0 {} {}", number(WIDTH), number(height)), format!("{title} {told}"));
    page.block("figure", &[], |page| {
        page.line("figcaption", &[], caption.title);
        let attributes = [("role", "img"), ("viewBox", view.as_str()), ("aria-labelledby", by.as_str())];
        page.block("svg", &attributes, |page| {
            page.line("title", &[("id", &title)], caption.title);
            let words: Vec<String> = rows.clone().map(|(name, words)| format!("{name}: {words}")).collect();
            page.line("desc", &[("id", &told)], &words.join("; "));
            inside(page);
            for (at, (name, words)) in rows.enumerate() {
                let y = number(middle(at) + 4.0);
                page.line("text", &[("class", "name"), ("x", "0"), ("y", &y)], &clipped(name));
                page.line("text", &[("class", "figure"), ("x", &number(RIGHT + 14.0)), ("y", &y)], words);
            }
        });
    });
}

/// A line of the scale from top to bottom, with what it stands for.
fn scale(page: &mut Markup, share: f64, words: &str, rows: usize) {
    let x = across(share);
    line(page, "scale", (x, TOP - 4.0), (x, middle(rows) - ROW / 2.0));
    page.line("text", &[("class", "tick"), ("x", &number(x)), ("y", "12"), ("text-anchor", "middle")], words);
}

fn line(page: &mut Markup, class: &str, from: (f64, f64), to: (f64, f64)) {
    let (x1, y1, x2, y2) = (number(from.0), number(from.1), number(to.0), number(to.1));
    page.element("line", &[("class", class), ("x1", &x1), ("y1", &y1), ("x2", &x2), ("y2", &y2)], |_| {});
}

fn bar(page: &mut Markup, look: &[(&str, &str)], at: usize, (from, to): (f64, f64)) {
    let (x, y, width) = (number(from), number(middle(at) - 8.0), number((to - from).max(0.0)));
    let place = [("x", x.as_str()), ("y", &y), ("width", &width), ("height", "16")];
    page.element("rect", &[look, &place].concat(), |_| {});
}

/// Where a share stands on the plot.
fn across(share: f64) -> f64 {
    LEFT + (RIGHT - LEFT) * if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 }
}

/// The middle of a row.
fn middle(row: usize) -> f64 {
    TOP + ROW * (f64::from(u32::try_from(row).unwrap_or(u32::MAX)) + 0.5)
}

/// A coordinate, as short as it is exact enough to be drawn.
fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned)
}

/// The next number of one digit, or half of one, that is no smaller: where a scale ends.
fn round_up(most: f64) -> f64 {
    if !most.is_finite() || most <= 0.0 {
        return 1.0;
    }
    let power = 10_f64.powf(most.log10().floor());
    let steps = [1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0];
    // The rounding of `log10` must not leave a bar beyond its scale.
    steps.into_iter().map(|step| step * power).find(|end| *end >= most * (1.0 - 1e-12)).unwrap_or(most)
}

/// A name cut to its place; characters of East Asia and signs count two.
fn clipped(name: &str) -> String {
    let mut used = 0;
    let fits = |c: &char| {
        used += if u32::from(*c) >= 0x1100 { 2 } else { 1 };
        used <= NAME
    };
    let kept: String = name.chars().take_while(fits).collect();
    if kept.len() == name.len() { kept } else { kept + "…" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_ends_at_a_round_number_that_is_no_smaller() {
        for (most, end) in [(0.0, 1.0), (0.9, 1.0), (1.0, 1.0), (1.1, 1.5), (437.0, 500.0), (0.000_31, 0.0004)] {
            assert!((round_up(most) - end).abs() < 1e-9, "{most}: {}", round_up(most));
        }
        assert!((round_up(f64::NAN) - 1.0).abs() < 1e-9);
        for exponent in -9..9 {
            let most = 10_f64.powi(exponent);
            assert!(round_up(most) >= most * (1.0 - 1e-9) && round_up(most) < most * 1.6, "{most}");
        }
    }

    #[test]
    fn a_long_name_is_cut_to_its_place() {
        assert_eq!(clipped("production"), "production");
        assert_eq!(clipped(&"x".repeat(40)).chars().count(), 20);
        assert_eq!(clipped(&"十".repeat(40)).chars().count(), 10);
    }

    #[test]
    fn a_share_out_of_its_range_stays_on_the_plot() {
        for share in [-1.0, 2.0, f64::NAN, f64::INFINITY] {
            assert!((LEFT..=RIGHT).contains(&across(share)));
        }
        assert_eq!((number(3.0), number(2.47)), ("3".to_owned(), "2.5".to_owned()));
    }
}
