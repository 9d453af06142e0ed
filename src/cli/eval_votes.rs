//! How judges that are not of one mind are shown.

use crate::{
    ops::eval::BundleOutcome,
    problem::counted,
    ui::{Line, Page},
};

/// The most divisions that are told one by one.
const MOST: usize = 5;

/// Replies on which the votes of a judge did not agree: such a check would come out otherwise on another day.
pub(super) fn divided(bundle: &BundleOutcome, page: &mut Page) {
    if bundle.divided.is_empty() {
        return;
    }
    page.gap();
    let times = counted(u64::try_from(bundle.divided.len()).unwrap_or(u64::MAX), "time");
    page.line(Line::new().name(bundle.name()).text(": judges were divided ").warning(times));
    page.indented(|page| {
        for division in bundle.divided.iter().take(MOST) {
            let sample = if bundle.repeat > 1 { format!(", sample {}", division.sample + 1) } else { String::new() };
            let line = Line::new().name(&division.case).text(format!("{sample}: "));
            let votes = format!("{} of {} votes", division.passed, division.votes);
            let told = format!(" of {} are for it: {}", division.by, crate::eval::excerpt(&division.rubric));
            page.paragraph(line.warning(votes).text(told));
        }
        if bundle.divided.len() > MOST {
            page.line(format!("and {} more: `--json` has all of them", bundle.divided.len() - MOST));
        }
    });
}
